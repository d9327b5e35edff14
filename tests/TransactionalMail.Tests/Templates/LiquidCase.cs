using System.Text.Json;

namespace TransactionalMail.Tests.Templates;

/// <summary>One case of a corpus.</summary>
internal sealed record LiquidCase(string Name, string Template, string Data, IReadOnlyDictionary<string, string> Partials, IReadOnlyList<string>? Results)
{
    public string Wanted => Results is null ? "an error" : string.Join(" or ", Results.Select(result => JsonSerializer.Serialize(result)));

    public static LiquidCase From(JsonElement json) => new(
        json.GetProperty("name").GetString()!,
        json.GetProperty("template").GetString()!,
        Object(json, "data") ?? Object(json, "environment") ?? "{}",
        Partial(json, "templates") ?? Partial(json, "filesystem") ?? [],
        json.TryGetProperty("results", out var results) ? [.. results.EnumerateArray().Select(r => r.GetString()!)]
            : json.TryGetProperty("result", out var result) || json.TryGetProperty("expected", out result) ? [result.GetString()!]
            : null);

    public (LiquidOutcome Kind, string? Actual) Run()
    {
        var bench = new TemplateBench();
        bench.Files["case.txt.liquid"] = Template;
        foreach (var (name, text) in Partials) bench.Files[name.Replace(".liquid", "", StringComparison.Ordinal) + ".txt.liquid"] = text;
        try
        {
            var text = bench.Render("case", Data).TextBody!;
            return (Judge(text), JsonSerializer.Serialize(text));
        }
        catch (EmailTemplateException exception)
        {
            if (Results is null || Results.Any(r => r.StartsWith("Liquid error", StringComparison.Ordinal))) return (LiquidOutcome.Same, exception.Message);
            return (exception.Message.Contains("there is no ", StringComparison.Ordinal) ? LiquidOutcome.StricterByIntent : LiquidOutcome.Different, exception.Message);
        }
    }

    private LiquidOutcome Judge(string text)
    {
        if (Results is null || Results.Any(r => r.StartsWith("Liquid error", StringComparison.Ordinal))) return LiquidOutcome.Lenient;
        if (Results.Contains(text)) return LiquidOutcome.Same;
        if (Results.Any(r => r.Contains("=>", StringComparison.Ordinal) || r.Contains("=&gt;", StringComparison.Ordinal) || r.StartsWith("[\"", StringComparison.Ordinal) || r.StartsWith("[&quot;", StringComparison.Ordinal))) return LiquidOutcome.RubySpelling;
        if (Template.Contains("now", StringComparison.OrdinalIgnoreCase) || Template.Contains("today", StringComparison.OrdinalIgnoreCase)) return LiquidOutcome.Clock;
        return string.Concat(text.Where(c => !char.IsWhiteSpace(c))) == string.Concat(Results[0].Where(c => !char.IsWhiteSpace(c))) ? LiquidOutcome.WhiteSpace : LiquidOutcome.Different;
    }

    private static string? Object(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetRawText() : null;

    private static Dictionary<string, string>? Partial(JsonElement json, string name) => json.TryGetProperty(name, out var files)
        ? files.EnumerateObject().ToDictionary(file => file.Name, file => file.Value.GetString()!, StringComparer.Ordinal)
        : null;
}

internal enum LiquidOutcome
{
    Same,

    /// <summary>An unknown variable, filter, tag or partial is an error here and nothing elsewhere.</summary>
    StricterByIntent,

    /// <summary>An error elsewhere, an answer here.</summary>
    Lenient,

    /// <summary>Hashes and arrays as Ruby spells them; here they are JSON, or their items one after another.</summary>
    RubySpelling,

    /// <summary>The case expects its own clock.</summary>
    Clock,

    /// <summary>Ruby drops blocks that hold only white space; here they stay as written.</summary>
    WhiteSpace,

    Different,
}
