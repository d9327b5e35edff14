using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using Perfolizer.Horology;
using Perfolizer.Metrology;

namespace TransactionalMail.Benchmarks;

/// <summary>Each template bomb, rendered with the default limits until one of them ends it; the last column is its worst time.</summary>
/// <remarks><see cref="RenderBenchmarks"/> renders a legitimate table of 5,000 rows with the same limits.</remarks>
[Config(typeof(Configuration))]
public class TemplateBombBenchmarks
{
    private readonly OurMail _ours;
    private readonly IEmailTemplateRenderer _renderer;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bombs-");
    private readonly EmailTemplate _mail = new("mail", JsonDocument.Parse("{}").RootElement);

    public TemplateBombBenchmarks()
    {
        _ours = new OurMail(OurMail.NewPrivateKey(), templates: _folder.FullName);
        _renderer = _ours.Renderer;
    }

    public static IEnumerable<TemplateBomb> Bombs => TemplateBomb.All;

    [ParamsSource(nameof(Bombs))]
    public TemplateBomb Bomb { get; set; } = null!;

    [GlobalSetup]
    public void Setup()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "mail.html.liquid"), Bomb.Template);
        File.WriteAllText(Path.Combine(_folder.FullName, "leaf.html.liquid"), "{{ n }}");
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        await _ours.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Benchmark]
    public async Task<EmailTemplateException> RenderUntilALimit()
    {
        try
        {
            await _renderer.RenderAsync(_mail);
        }
        catch (EmailTemplateException ended)
        {
            return ended;
        }

        throw new InvalidOperationException($"Nothing stopped the bomb \"{Bomb}\".");
    }

    private sealed class Configuration : ManualConfig
    {
        public Configuration()
        {
            // One rendering is one iteration: these take up to 100 ms, and the slowest is what matters.
            AddJob(Job.Default.WithStrategy(RunStrategy.Monitoring).WithWarmupCount(10).WithIterationCount(20));
            AddColumn(StatisticColumn.Max, new LongestColumn(TimeSpan.FromMilliseconds(250)));
            AddDiagnoser(MemoryDiagnoser.Default);
            WithSummaryStyle(SummaryStyle.Default.WithTimeUnit(TimeUnit.Millisecond).WithSizeUnit(SizeUnit.MB).WithMaxParameterColumnWidth(40));
            HideColumns(Column.Gen0, Column.Gen1, Column.Gen2, Column.Error, Column.StdDev);
        }
    }
}
