using System.Text.Json;

namespace TransactionalMail.Tests.Templates;

/// <summary>Other implementations' cases, as a differential set. They run through the text part, where nothing is encoded.</summary>
public sealed class LiquidConformanceTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("corpora/liquid-golden/cases.json", 550)]
    [InlineData("corpora/liquid-spec/cases.json", 860)]
    public void Agrees_with_other_Liquid_implementations(string corpus, int floor)
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(SharedData.Path(corpus)));
        var outcomes = cases.RootElement.EnumerateArray().Select(LiquidCase.From).Select(test => (Test: test, Outcome: test.Run())).ToList();

        foreach (var group in outcomes.CountBy(o => o.Outcome.Kind)) output.WriteLine($"{group.Key}: {group.Value}");
        if (Environment.GetEnvironmentVariable("SHOW_DIFFERENCES") is not null)
        {
            foreach (var (test, outcome) in outcomes.Where(o => o.Outcome.Kind is LiquidOutcome.Different))
                output.WriteLine($"{test.Name}\n    {test.Template.ReplaceLineEndings("\\n")}\n    {test.Data}\n    wanted {test.Wanted}, got {outcome.Actual}");
        }

        outcomes.Count(o => o.Outcome.Kind is LiquidOutcome.Same).Should().BeGreaterThanOrEqualTo(floor);
    }
}
