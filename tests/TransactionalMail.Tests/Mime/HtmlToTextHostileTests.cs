using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MimeKit;
using TransactionalMail.Mime;

namespace TransactionalMail.Tests.Mime;

public sealed class HtmlToTextHostileTests(ITestOutputHelper output)
{
    private const int Nesting = 100_000;
    private const int MaxLength = 2_000_000;

    private static readonly string[] s_soup =
    [
        "<table>", "</table>", "<table role=presentation>", "<tr>", "</tr>", "<td>", "<td colspan=3 rowspan=2>", "<td colspan=-9>", "<th>", "</td>",
        "<thead>", "</thead>", "<caption>", "<ul>", "</ul>", "<ol start=2147483647>", "<ol start=-3>", "</ol>", "<li>", "<li value=x>", "</li>", "<dl>", "<dd>",
        "<p>", "</p>", "<p hidden>", "<div>", "</div>", "<div style=display:none>", "<div style='white-space:pre'>", "<span style='font-size:0'>", "</span>", "<b>", "</b>",
        "<br>", "</br>", "<hr>", "<pre>", "</pre>", "<blockquote>", "</blockquote>", "<h1>", "</h1>", "<a href=https://a.example>", "<a href='mailto:%00%0a@x'>",
        "<a href='tel:1\u2028'>", "</a>", "<img alt='i\n\n m\u0000g'>", "<img alt=x width=1>", "<style>", "</style>", "<script>", "</script>", "<title>", "</title>", "<svg>", "</svg>",
        "<template>", "</template>", "<!--", "-->", "<![CDATA[", "]]>", "<!doctype", "<?x", "<a href=\"", "'", "\"", ">", "<", "&", "&#", "&#x0;", "&#x85;", "&#xD800;", "&nbsp;", "&zwj;",
        "text", " ", "  ", "\n", "\n\n\n", "\r\n", "\t", "\0", "\u0007", "\u0085", "\u009F", "\u2028", "\u3000", "\uD83D", "\uDE00", "\uD83D\uDE00", "12.50", "日本", new string('w', 90), "plaintext", "<plaintext>", "<html>", "<body>", "</body>", "<font/>", "<o:p/>", "<x-y>", "</x-y>",
    ];

    // Each 2,000,000 characters long, the most that is taken.
    public static TheoryData<string, string> Largest => new()
    {
        { "", "<div>" },
        { "", "<table>" },
        { "", "<td>" },
        { "<table><tr>", "<td>a" },
        { "<table>", "<tr><td>" },
        { "<table>", "<tr><td>a<td>1" },
        { "<table>", "<tr>" + Repeat("<td>12", 32) },
        { "<table>", "<tr><td colspan=2>" },
        { "<table>", "<tr><td colspan=2000000000 rowspan=2000000000>a<td>b" },
        { "<table>", "<tr><td rowspan=2000000000>a<td rowspan=3>b" },
        { "<table><tr><th>h<th>i", "<tr><td>1<td>" + Repeat("word ", 30) },
        { "<table><tr><td>a<td>b<tr><td>c<td>", "word " },
        { "<table><tr><td>a<td>b<tr><td>c<td>", "x<br>" },
        { "", "<table><tr><td>a<td>b<tr><td>c<td>d</table>" },
        { "", "<table><tr><td>x" },
        { Repeat("<table><tr><td>x<tr><td>", 16), "word " },
        { Repeat("<table><tr><td>x<td>", 16), "<p>x" },
        { "", "<ul><li>x" },
        { Repeat("<blockquote>", 20), "x<br>" },
        { Repeat("<div>", 255), "<td>x" },
        { Repeat("<span>", 255), "</div>" },
        { Repeat("<span>", 255), "<img>" },
        { "", "<p>x" },
        { "", "<hr>" },
        { "", "<x-y>" },
        { "", "<a href=https://acme.example/>" },
        { "", "<a href=x:y>x" },
        { "", "<a href='x:?a&b&amp;c=d'>x</a>" },
        { "<a ", "b=c " },
        { "<a href='", "&copy=" },
        { "", "&amp;" },
        { "", "&CounterClockwiseContourIntegral;" },
        { "", "&#38;" },
        { "", "x" },
        { "", "x  " },
        { "", "日 " },
        { "<pre>", "x \n" },
        { "<script>", "<!--</scrip" },
        { "", "<!--" },
        { "<!--", "-- " },
    };

    public static TheoryData<string, string> Hostile => new()
    {
        { "", "<div>" },
        { "", "<table>" },
        { "", "<table><tr><td>x" },
        { "", "<ul><li>x" },
        { "", "<ol start=999999999><li>x" },
        { "", "<blockquote>x" },
        { "", "<a href=x:y>x" },
        { "", "<b><p>" },
        { "<div><table><tr><td>" + Repeat("<span>", 500), "</div>" },
        { "<a href=x:y>" + Repeat("<span>", 500), "<img>" },
        { Repeat("<ul><li>", 500), "x<br>" },
        { "<table>", "<tr><td>a<td>1" },
        { "<table><tr>", "<td>a" },
        { "<table>", "<tr><td colspan=2000000000 rowspan=2000000000>a<td>b" },
        { "<table>", "<tr><td rowspan=2000000000>a<td rowspan=3>b" },
        { "<table><tr><td>a<td>b<tr><td>c<td>", "word " },
        { "<table><tr><th>a<th>" + Repeat("w", 39) + "<tr><td>1<td>" + Repeat("w", 99), "<tr><td>1<td>1" },
        { "<pre>", " \n" },
        { "<p style='", "a:b;" },
        { "<a ", "b=c " },
        { "", "<a href=" },
        { "", "<a href='" },
        { "<title>", "</titl" },
        { "<script>", "<!--<script>" },
        { "", "&amp;&#x10FFFF;&notanentity;&CounterClockwiseContourIntegral;" },
        { "", "&nbsp;&zwnj;" },
        { "", "\0" },
        { "", "\uD800" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Takes_memory_in_proportion_to_hostile_input(string start, string repeated)
    {
        var few = start + Repeat(repeated, 3_000);
        var many = start + Repeat(repeated, 24_000);

        var (_, fewBytes) = Measure(few);
        var (text, manyBytes) = Measure(many);

        // Eight times the input; quadratic work would be 64 times as much.
        manyBytes.Should().BeLessThan((12 * fewBytes) + 1_000_000);
        text.Length.Should().BeLessThan(10 * many.Length);
        ShouldBeCleanText(text);
    }

    [Theory]
    [MemberData(nameof(Largest))]
    public void Ends_within_64_MB_whatever_the_shape_T02(string start, string repeated)
    {
        var html = start + Repeat(repeated, (MaxLength - start.Length) / repeated.Length);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var (text, error) = Derive(html);

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine($"{allocated / 1048576.0:F1} MB, {(error is null ? $"{text.Length} characters" : error.Message)}");
        allocated.Should().BeLessThanOrEqualTo(64 * 1024 * 1024);
        text.TrimEnd('\n').Length.Should().BeLessThanOrEqualTo(MaxLength);
    }

    [Fact]
    public void Tells_what_to_do_about_html_it_cannot_derive_from()
    {
        var error = Derive("<p>" + new string('x', MaxLength)).Error!;

        error.Errors.Should().ContainSingle().Which.Field.Should().Be("HtmlBody");
        error.Message.Should().Contain("Give a TextBody, or shorten the HTML.");
    }

    [Fact]
    public void Derives_the_text_of_a_table_of_5000_rows()
    {
        const string Row = """
            <tr style="background:#eee"><td>12</td><td><a href="https://shop.example/p/1?a=1&amp;b=2">Mug &lt;large&gt; &amp; saucer</a> a-12</td>
            <td>many</td><td>12,50 €</td><td>62.50</td></tr>
            """;

        HtmlToText.Convert("<table>" + Repeat(Row, 5_000) + "</table>").Split("Mug <large> & saucer").Should().HaveCount(5_001);
    }

    [Theory]
    [InlineData("<a href=")]
    [InlineData("<table><tr><td>x")]
    [InlineData("<p>Lorem ipsum</p>")]
    public void Survives_megabytes(string repeated) => ShouldBeCleanText(HtmlToText.Convert(Repeat(repeated, 2_000_000 / repeated.Length)));

    [Fact]
    public void Survives_numbers_in_every_column_of_a_wide_table() =>
        ShouldBeCleanText(HtmlToText.Convert("<table>" + Repeat("<tr>" + Repeat("<td>12", 32), 3)));

    [Theory]
    [InlineData("<div>")]
    [InlineData("<table>")]
    [InlineData("<table><tr><td>x")]
    public void Survives_nesting_beyond_reason(string repeated) => ShouldBeCleanText(HtmlToText.Convert(Repeat(repeated, Nesting)));

    [Fact]
    public void Shows_the_text_of_a_page_nested_beyond_reason() =>
        HtmlToText.Convert(Repeat("<div>", Nesting) + "deep" + Repeat("</div>", Nesting) + "<ul><li>after</ul>").Should().Be("deep\n\n- after\n");

    [Fact]
    public void Leaves_out_what_is_not_shown_at_any_depth() =>
        HtmlToText.Convert(Repeat("<div>", 300) + "yes<style>p { color: red }</style><svg><g>no</g></svg><title>no</title> and yes")
            .Should().Be("yes and yes\n");

    [Fact]
    public void Replaces_lone_surrogates_and_drops_control_characters() =>
        HtmlToText.Convert("a\uD800b\0c\u0007d\u0085e\uDC00&#7;").Should().Be("a\uFFFDbcd e\uFFFD&#7;\n");

    [Fact]
    public void Survives_token_soup()
    {
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var html = string.Concat(random.GetItems(s_soup, random.Next(1, 120)));

            var text = HtmlToText.Convert(html);

            ShouldBeCleanText(text, html);
        }
    }

    [Theory]
    [InlineData("css-premailer", "html")]
    [InlineData("xss-dompurify", "payload")]
    public void Survives_the_cases_of_a_corpus(string corpus, string property)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(SharedData.Path($"corpora/{corpus}/cases.json")));
        json.RootElement.GetArrayLength().Should().BePositive();

        foreach (var @case in json.RootElement.EnumerateArray()) ShouldHoldNoScript(@case.GetProperty(property).GetString()!);
    }

    [Fact]
    public void Survives_the_pages_of_a_corpus()
    {
        var files = Directory.GetFiles(SharedData.Path("corpora/css-juice"), "*.html");
        files.Should().NotBeEmpty();

        foreach (var file in files) ShouldHoldNoScript(File.ReadAllText(file));
    }

    [Fact]
    public async Task Survives_the_html_parts_of_mail_in_the_wild()
    {
        var count = 0;
        foreach (var file in Directory.GetFiles(SharedData.Path("corpora/mime-torture"), "*.eml"))
        {
            foreach (var part in (await LoadAsync(file)).OfType<TextPart>().Where(part => part.IsHtml))
            {
                ShouldHoldNoScript(part.Text);
                count++;
            }
        }

        count.Should().BePositive();
    }

    private static async Task<IEnumerable<MimeEntity>> LoadAsync(string file)
    {
        try
        {
            return (await MimeMessage.LoadAsync(file, TestContext.Current.CancellationToken)).BodyParts;
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private static void ShouldHoldNoScript(string html)
    {
        var text = HtmlToText.Convert(html);

        ShouldBeCleanText(text, html);
        // Only what the page shows as text may look like markup.
        if (!html.Contains("&lt;", StringComparison.OrdinalIgnoreCase)) text.Should().NotContainEquivalentOf("<script");
        Regex.IsMatch(text, @"\((javascript|data|vbscript):", RegexOptions.IgnoreCase).Should().BeFalse(text);
    }

    private static void ShouldBeCleanText(string text, string html = "")
    {
        var because = html.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
        text.Any(c => char.IsControl(c) && c != '\n').Should().BeFalse(because);
        text.Contains("\n\n\n", StringComparison.Ordinal).Should().BeFalse(because);
        text.Contains(" \n", StringComparison.Ordinal).Should().BeFalse(because);
        text.StartsWith('\n').Should().BeFalse(because);
        (text.Length == 0 || (text.EndsWith('\n') && !text.EndsWith("\n\n", StringComparison.Ordinal))).Should().BeTrue(because);
        new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(text).Should().BeGreaterThanOrEqualTo(text.Length);
    }

    // The second run counts: the first one pays for what is compiled and cached.
    private static (string Text, long Bytes) Measure(string html)
    {
        HtmlToText.Convert(html);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var text = HtmlToText.Convert(html);
        return (text, GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    private static (string Text, EmailValidationException? Error) Derive(string html)
    {
        try
        {
            return (HtmlToText.Convert(html), null);
        }
        catch (EmailValidationException error)
        {
            return ("", error);
        }
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
