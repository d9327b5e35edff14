using System.Globalization;
using System.Text.Json;

namespace TransactionalMail.Tests.Templates;

public class LiquidRendererTests
{
    [Fact]
    public void Renders_every_part_and_derives_the_text()
    {
        var bench = new TemplateBench();
        bench.Files["mail.subject.liquid"] = "Order {{ number }}\n";
        bench.Files["mail.html.liquid"] = "<p>Order <b>{{ number }}</b></p>";

        var rendered = bench.Render("mail", """{ "number": 7 }""");

        rendered.Subject.Should().Be("Order 7");
        rendered.HtmlBody.Should().Be("<p>Order <b>7</b></p>");
        rendered.TextBody.Should().Be("Order 7\n");
    }

    [Fact]
    public void Prefers_the_nearest_culture_for_each_part()
    {
        var bench = new TemplateBench();
        bench.Files["mail.subject.liquid"] = "neutral";
        bench.Files["mail.de.subject.liquid"] = "deutsch";
        bench.Files["mail.html.liquid"] = "neutral";
        bench.Files["mail.de-AT.html.liquid"] = "österreichisch";

        var austrian = bench.Render("mail", culture: CultureInfo.GetCultureInfo("de-AT"));
        var german = bench.Render("mail", culture: CultureInfo.GetCultureInfo("de-DE"));

        (austrian.Subject, austrian.HtmlBody).Should().Be(("deutsch", "österreichisch"));
        (german.Subject, german.HtmlBody).Should().Be(("deutsch", "neutral"));
    }

    [Theory]
    [InlineData("de-DE", "1.234,50 €")]
    [InlineData("en-US", "€1,234.50")]
    public void Writes_money_as_the_culture_does(string culture, string expected) =>
        TemplateBench.Text("{{ total | money: 'EUR' }}", """{ "total": 1234.5 }""", CultureInfo.GetCultureInfo(culture)).Replace('\u00a0', ' ').Trim().Should().Be(expected);

    [Fact]
    public void Wraps_layouts_and_inserts_partials()
    {
        var bench = new TemplateBench();
        bench.Files["base.html.liquid"] = "<body>{% renderbody %}</body>";
        bench.Files["button.html.liquid"] = "<a href=\"{{ url }}\">{{ label }}</a>";
        bench.Files["mail.html.liquid"] = "{% layout 'base' %}{% render 'button', label: name, url: 'https://acme.example/?a=1&b=2' %}";

        bench.Render("mail", """{ "name": "<Ada>" }""").HtmlBody.Should().Be("<body><a href=\"https://acme.example/?a=1&amp;b=2\">&lt;Ada&gt;</a></body>");
    }

    [Theory]
    [InlineData("\n\n{{ nme }}", "nme", 3)]
    [InlineData("x\n{% if customer.nme %}a{% endif %}", "nme", 2)]
    [InlineData("\n{{ name | shout }}", "shout", 2)]
    [InlineData("\n\n\n{% render 'missing' %}", "missing", 4)]
    [InlineData("\n{% if name %}", "if", null)]
    public void Names_the_line_of_what_is_unknown_T01(string template, string named, int? line)
    {
        var error = TemplateBench.Error(template, """{ "name": "Ada", "customer": { "name": "Ada" } }""");

        error.Message.Should().Contain(named).And.Contain("mail.html.liquid");
        if (line is not null) error.Line.Should().Be(line);
    }

    [Fact]
    public void A_property_that_is_null_is_known() =>
        TemplateBench.Html("{% if name %}a{% else %}b{% endif %}{{ name | default: 'c' }}", """{ "name": null }""").Should().Be("bc");

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData(" JaVaScRiPt:alert(1)")]
    [InlineData("java\tscript:alert(1)")]
    [InlineData("\u0001javascript:alert(1)")]
    [InlineData("vbscript:x")]
    [InlineData("data:text/html,<script>alert(1)</script>")]
    public void Neutralises_urls_that_run_code_T05(string url)
    {
        var html = TemplateBench.Html("<a href=\"{{ url }}\">x</a>", JsonSerializer.Serialize(new { url }));

        System.Net.WebUtility.HtmlDecode(html).Should().NotContainEquivalentOf("script:").And.NotContain("data:text");
    }

    [Theory]
    [InlineData("https://acme.example/?a=1&b=2")]
    [InlineData("mailto:ada@example.com")]
    [InlineData("/relative/path")]
    [InlineData("cid:logo")]
    public void Keeps_ordinary_urls(string url) =>
        System.Net.WebUtility.HtmlDecode(TemplateBench.Html("<a href=\"{{ url }}\">x</a>", JsonSerializer.Serialize(new { url }))).Should().Be($"<a href=\"{url}\">x</a>");

    [Theory]
    [InlineData("<script>var a = '{{ x }}';</script>")]
    [InlineData("<a onclick=\"f('{{ x }}')\">x</a>")]
    [InlineData("<a href={{ x }}>x</a>")]
    public void Does_not_let_a_value_out_of_places_where_encoding_does_not_help(string template)
    {
        var bench = new TemplateBench();
        bench.Files["mail.html.liquid"] = template;

        string? html = null;
        try
        {
            html = bench.Render("mail", """{ "x": "a onmouseover=alert(1) '+alert(1)+'" }""").HtmlBody;
        }
        catch (EmailTemplateException refused)
        {
            refused.Line.Should().Be(1);
        }

        (html ?? "").Should().NotContain("'+alert").And.NotContain(" onmouseover");
    }

    [Theory]
    [InlineData("{% for i in (1..1000000000) %}{{ i }}{% endfor %}")]
    [InlineData("{% for i in (1..100000) %}{% for j in (1..100000) %}{% endfor %}{% endfor %}")]
    [InlineData("{% assign s = 'xxxxxxxxxxxxxxxx' %}{% for i in (1..100) %}{% assign s = s | append: s %}{% endfor %}{{ s }}")]
    [InlineData("{% capture s %}xxxxxxxxxxxxxxxx{% endcapture %}{% for i in (1..100) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}{{ s }}")]
    [InlineData("{% assign s = 'xxxxxxxxxxxxxxxx' %}{% for i in (1..100) %}{% assign s = s | replace: 'x', s %}{% endfor %}{{ s }}")]
    [InlineData("{% assign a = 'a,b' | split: ',' %}{% for i in (1..100) %}{% assign a = a | concat: a %}{% endfor %}{{ a.size }}")]
    [InlineData("{% tablerow i in (1..1000000000) %}x{% endtablerow %}")]
    [InlineData("{% for i in (1..100000) %}{{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }}{% endfor %}")]
    [InlineData("{% include 'mail' %}")]
    [InlineData("{% render 'mail' %}")]
    public void A_bomb_ends_at_its_bounds_T02_T03_T07(string template)
    {
        TemplateBench.Error("{{ 1 }}{{ nope }}"); // warms up
        var before = GC.GetAllocatedBytesForCurrentThread();

        TemplateBench.Error(template);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(64 << 20);
    }

    [Fact]
    public void A_table_of_5000_rows_still_renders()
    {
        var model = JsonSerializer.Serialize(new { rows = Enumerable.Range(1, 5000).Select(i => new { name = $"Item <{i}>", price = i * 1.25m }) });

        var html = TemplateBench.Html("<table>{% for row in rows %}<tr><td>{{ forloop.index }}</td><td>{{ row.name }}</td><td>{{ row.price | money: 'EUR' }}</td></tr>{% endfor %}</table>", model);

        html.Should().Contain("Item &lt;5000&gt;");
    }

    [Theory]
    [InlineData("a\r\nBcc: x@y.example")]
    [InlineData("a\nb")]
    [InlineData("a\u2028b")]
    [InlineData("a\0b")]
    public void Refuses_a_subject_that_the_model_breaks_T08(string name)
    {
        var bench = new TemplateBench();
        bench.Files["mail.subject.liquid"] = "Hello {{ name }}";
        bench.Files["mail.txt.liquid"] = "x";

        var rendering = () => bench.Render("mail", JsonSerializer.Serialize(new { name }));

        rendering.Should().Throw<EmailTemplateException>();
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("%2e%2e/b")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    public void Refuses_names_that_lead_out_of_the_folder_T06(string name)
    {
        var bench = new TemplateBench();
        bench.Files["mail.html.liquid"] = "{% include name %}";

        var direct = () => bench.Render(name);
        var included = () => bench.Render("mail", JsonSerializer.Serialize(new { name }));

        direct.Should().Throw<EmailTemplateException>();
        included.Should().Throw<EmailTemplateException>();
    }

    [Fact]
    public void Refuses_a_link_out_of_the_folder_T06()
    {
        var folder = Directory.CreateTempSubdirectory("templates-");
        try
        {
            var root = folder.CreateSubdirectory("root");
            File.WriteAllText(Path.Combine(folder.FullName, "secret.txt"), "s3cr3t");
            File.CreateSymbolicLink(Path.Combine(root.FullName, "mail.txt.liquid"), Path.Combine(folder.FullName, "secret.txt"));
            using var files = new Microsoft.Extensions.FileProviders.PhysicalFileProvider(root.FullName);
            var bench = new TemplateBench(null, null, files);

            var rendering = () => bench.Render("mail");

            rendering.Should().Throw<EmailTemplateException>().Which.Message.Should().NotContain("s3cr3t");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Reads_a_template_again_when_it_changes()
    {
        var bench = new TemplateBench();
        bench.Files["mail.txt.liquid"] = "one";
        bench.Render("mail").TextBody.Should().Be("one");

        bench.Files["mail.txt.liquid"] = "two";

        bench.Render("mail").TextBody.Should().Be("two");
    }

    [Theory]
    [InlineData("{{ 'a\u00ADb ab ab' | remove_first: 'ab' }}", "a\u00ADb  ab")]
    [InlineData("{{ 'ab a\u00ADb' | remove_last: 'ab' }}", " a\u00ADb")]
    [InlineData("{{ 'a' | remove_last: '' }}{{ 'a' | remove_first: 'b' }}", "aa")]
    [InlineData("{{ 'a < b <i>c</i> <!-- > --> <SCRIPT>x > y</script>d <e' | strip_html }}", "a c  d <e")]
    public void Compares_by_character_in_filters(string template, string expected) =>
        TemplateBench.Text(template).Should().Be(expected);
}
