using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TransactionalMail.Tests.Readme;

/// <summary>A README that lies is worse than none.</summary>
public partial class ReadmeTests
{
    private static readonly string s_readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public void Its_code_is_the_code_that_compiles()
    {
        string[] folders = ["tests/TransactionalMail.Tests/Readme", "tests/TransactionalMail.EntityFrameworkCore.Tests/Readme", "tests/TransactionalMail.RabbitMq.Tests/Readme"];
        var source = string.Concat(folders.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.cs")).Select(File.ReadAllText));
        var shown = Shown().ToDictionary(m => m.Groups["name"].Value, m => m.Groups["code"].Value.Trim(), StringComparer.Ordinal);

        var compiled = Regions().Matches(source).ToDictionary(m => m.Groups["name"].Value, m => Unindent(m.Groups["code"].Value), StringComparer.Ordinal);

        shown.Where(s => s.Key is not "appsettings").Should().BeEquivalentTo(compiled);
    }

    [Fact]
    public void Its_settings_are_read()
    {
        var json = Shown().Single(m => m.Groups["name"].Value == "appsettings").Groups["code"].Value;
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json))).Build();
        var services = new ServiceCollection();
        services.AddTransactionalMail(configuration.GetSection("TransactionalMail"));
        using var provider = services.BuildServiceProvider();

        var resolving = () => provider.GetRequiredKeyedService<ITransactionalMailer>("receipts");

        // The key file and the folder are the reader's own; nothing else may be wrong.
        resolving.Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().Which.Failures
            .Should().OnlyContain(f => f.Contains("dkim.pem") || f.Contains("Templates"));
    }

    private static MatchCollection Shown() => Blocks().Matches(s_readme);

    private static string Unindent(string code)
    {
        var lines = code.Trim('\n').TrimEnd().Split('\n');
        var indent = lines.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', lines.Select(l => l.Length == 0 ? l : l[indent..])).Trim();
    }

    [GeneratedRegex(@"<!-- snippet: (?<name>\S+) -->\n```\w+\n(?<code>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"#region (?<name>\S+)\n(?<code>.*?)\n *#endregion", RegexOptions.Singleline)]
    private static partial Regex Regions();
}
