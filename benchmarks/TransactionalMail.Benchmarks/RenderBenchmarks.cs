using System.Globalization;
using BenchmarkDotNet.Attributes;

namespace TransactionalMail.Benchmarks;

/// <summary>Subject, HTML and text of an order confirmation beside Fluid alone: the same templates, the same result to the character.</summary>
/// <remarks>
/// Ours also turns the model into JSON, follows the markup to encode each value for its place, counts every step against the limits, and
/// looks whether files changed. <see cref="RenderDerivingText"/> has no text template and derives that part from the HTML, for which
/// Fluid has no counterpart.
/// </remarks>
[MemoryDiagnoser]
[ShortRunJob]
public class RenderBenchmarks
{
    private static readonly TemplateId<OrderConfirmation> s_derived = new("derived/" + OrderConfirmation.Template.Name, MailModels.Default.OrderConfirmation);

    private readonly CultureInfo _culture = CultureInfo.GetCultureInfo("de-AT");
    private readonly RawTemplates _raw = new();
    private readonly OurMail _ours = new(OurMail.NewPrivateKey());
    private OrderConfirmation _order = null!;
    private IEmailTemplateRenderer _renderer = null!;

    [Params(20, 5_000)]
    public int Rows { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        _order = OrderConfirmation.Of(Rows);
        _renderer = _ours.Renderer;
        if (await RenderWithFluid() != await Render()) throw new InvalidOperationException("Both sides must render the same mail.");
    }

    [GlobalCleanup]
    public async Task Cleanup() => await _ours.DisposeAsync();

    [Benchmark(Baseline = true)]
    public Task<RenderedEmail> RenderWithFluid() => _raw.RenderAsync(_order, _culture);

    [Benchmark]
    public async Task<RenderedEmail> Render() => await _renderer.RenderAsync(OrderConfirmation.Template.With(_order, _culture));

    [Benchmark]
    public async Task<RenderedEmail> RenderDerivingText() => await _renderer.RenderAsync(s_derived.With(_order, _culture));
}
