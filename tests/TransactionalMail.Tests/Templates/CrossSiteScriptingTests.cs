using System.Text.Json;
using System.Text.Json.Nodes;
using TransactionalMail.Templates.Filters;

namespace TransactionalMail.Tests.Templates;

/// <summary>Hostile HTML through every filter and every shape of model.</summary>
public sealed class CrossSiteScriptingTests(ITestOutputHelper output)
{
    private const string Prologue = "{% capture captured %}{{ s }}{% endcapture %}{% assign assigned = s %}{% assign appended = 'x' | append: s %}";

    private static readonly string[] s_shapes =
        ["s", "list", "nested", "o", "o.k", "list.first", "captured", "assigned", "appended", "s | split: '>'", "list | join: '>'", "(1..2) | concat: list"];

    private static readonly string[] s_arguments = ["", ": 'k'", ": s", ": list", ": 'a', s", ": 1", ": s, s", ": 'k', s"];

    [Fact]
    public void No_filter_lets_markup_of_the_model_through_T04()
    {
        var payloads = Payloads();
        var models = payloads.ConvertAll(ModelOf);
        var some = models.Where((_, i) => i % 10 == 0).ToList();
        var filters = LiquidFilters.Options.Filters.Select(filter => filter.Key).ToList();
        var leaks = new List<string>();
        var (rendered, refused) = (0, 0);

        foreach (var (shape, filter, arguments) in s_shapes.SelectMany(shape => filters.SelectMany(filter => s_arguments.Select(arguments => (shape, filter, arguments)))))
        {
            var expression = $"{shape} | {filter}{arguments}";

            // Arguments that do not fit the filter are refused when the file is read.
            var bench = new TemplateBench();
            bench.Files["mail.html.liquid"] = $"{Prologue}{{{{ {expression} }}}}";
            foreach (var model in arguments is "" or ": s" ? models : some)
            {
                if (TryRender(bench, model, out var isMisfit) is not { } html) refused++;
                else if (++rendered >= 0 && html.Replace("<br />", "", StringComparison.Ordinal).AsSpan().ContainsAny("<>\"'")) leaks.Add($"{expression}: {html}");
                if (isMisfit) break;
            }
        }

        output.WriteLine($"{filters.Count} filters, {s_shapes.Length} shapes, {payloads.Count} payloads: {rendered} rendered, {refused} refused, {leaks.Count} unencoded");
        leaks.Should().BeEmpty();
        rendered.Should().BeGreaterThan(100_000);
    }

    [Fact]
    public void No_payload_leaves_a_quoted_attribute_or_a_style_T04()
    {
        foreach (var payload in Payloads())
        {
            var model = new JsonObject { ["s"] = payload }.ToJsonString();

            TemplateBench.Html("<i title=\"{{ s }}\" alt='{{ s }}'>", model).Split('"', '\'').Should().HaveCount(5);
            TemplateBench.Html("<i style=\"color:{{ s }};background:url({{ s }})\">", model).Split('"', '<', '>').Should().HaveCount(5);
            TemplateBench.Html("<style>a{color:{{ s }}}</style>", model).Split('<', '>', '{', '}').Should().HaveCount(7);
            TemplateBench.Html("<a href=\"{{ s }}\">", model).Should().NotMatchRegex("(?i)href=\"\\s*(java|vb)script:");
        }
    }

    private static JsonElement ModelOf(string payload) => JsonSerializer.SerializeToElement(new JsonObject
    {
        ["s"] = payload,
        ["list"] = new JsonArray(payload, payload),
        ["nested"] = new JsonArray(new JsonArray(payload), new JsonObject { ["k"] = payload }),
        ["o"] = new JsonObject { ["k"] = payload },
    });

    private static string? TryRender(TemplateBench bench, JsonElement model, out bool isMisfit)
    {
        isMisfit = false;
        try
        {
            return bench.Render(new EmailTemplate("mail", model)).HtmlBody;
        }
        catch (EmailTemplateException exception)
        {
            isMisfit = exception.Message.Contains("` takes ", StringComparison.Ordinal);
            return null;
        }
    }

    private static List<string> Payloads()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(SharedData.Path("corpora/xss-dompurify/cases.json")));
        return [.. cases.RootElement.EnumerateArray().Select(test => test.GetProperty("payload").GetString()!)];
    }
}
