using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.FileProviders;

namespace TransactionalMail.Tests.Templates;

public sealed class TemplateStoreTests : IDisposable
{
    private readonly TemplateBench _bench = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("templates");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("de-AT", "Servus", "Guten Tag", "Hello")]
    [InlineData("de-CH", "Guten Tag", "Guten Tag", "Hello")]
    [InlineData("fr", "Hello", "Hello", "Hello")]
    [InlineData("", "Hello", "Hello", "Hello")]
    public void Falls_back_to_the_nearest_culture_part_by_part(string culture, string html, string text, string subject)
    {
        _bench.Files["mail.de-AT.html.liquid"] = "Servus";
        _bench.Files["mail.de.html.liquid"] = "Guten Tag";
        _bench.Files["mail.html.liquid"] = "Hello";
        _bench.Files["mail.de.txt.liquid"] = "Guten Tag";
        _bench.Files["mail.txt.liquid"] = "Hello";
        _bench.Files["mail.subject.liquid"] = "Hello\n";

        _bench.Render("mail", "{}", new(culture)).Should().Be(new RenderedEmail(subject, html, text));
    }

    [Fact]
    public void Wraps_each_part_in_its_own_layout_and_takes_partials_in_the_same_culture()
    {
        _bench.Files["account/welcome.html.liquid"] = "{% layout 'layouts/base' %}{% assign title = 'Hi' %}<p>{{ name }}</p>{% section foot %}<i>{{ name }}</i>{% endsection %}{% render 'parts/button', label: name %}";
        _bench.Files["account/welcome.txt.liquid"] = "{% layout 'layouts/base' %}{{ name }}{% include 'parts/button' %}";
        _bench.Files["layouts/base.html.liquid"] = "{% layout 'layouts/outer' %}<h1>{{ title }}</h1>{% renderbody %}<footer>{% rendersection foot %}{% rendersection none %}</footer>";
        _bench.Files["layouts/outer.html.liquid"] = "<html>{% renderbody %}</html>";
        _bench.Files["layouts/base.txt.liquid"] = "-- {% renderbody %} --";
        _bench.Files["parts/button.html.liquid"] = "<b>{{ label }}</b>";
        _bench.Files["parts/button.de.html.liquid"] = "<b>DE {{ label }}</b>";
        _bench.Files["parts/button.txt.liquid"] = "[{{ name }}]";

        var rendered = _bench.Render("account/welcome", """{"name":"<Ada>"}""", new("de-AT"));

        rendered.HtmlBody.Should().Be("<html><h1>Hi</h1><p>&lt;Ada&gt;</p><b>DE &lt;Ada&gt;</b><footer><i>&lt;Ada&gt;</i></footer></html>");
        rendered.TextBody.Should().Be("-- <Ada>[<Ada>] --");
    }

    [Theory]
    [InlineData("<p>", "{{ x }}", "*base.html.liquid*{% renderbody %}*")]
    [InlineData("<p class=\"", "{% renderbody %}", "*mail.html.liquid*ends inside a tag*")]
    public void Refuses_layouts_that_lose_or_break_the_body(string template, string layout, string problem)
    {
        _bench.Files["mail.html.liquid"] = "{% layout 'base' %}" + template;
        _bench.Files["base.html.liquid"] = layout;

        FluentActions.Invoking(() => _bench.Render("mail", """{"x":1}""")).Should().ThrowExactly<EmailTemplateException>().WithMessage(problem);
    }

    [Fact]
    public void Passes_variables_to_partials_by_their_rules()
    {
        _bench.Files["mail.html.liquid"] = "{% assign a = 1 %}{% include 'inc' b: 2 %}{{ c }}|{% render 'each' for list as item %}|{% include 'each' for list as item %}|{% render 'each' with list.first as item %}"
            .Replace("'inc' b", "'inc', b", StringComparison.Ordinal);
        _bench.Files["inc.html.liquid"] = "{{ a }}{{ b }}{% assign c = 3 %}";
        _bench.Files["each.html.liquid"] = "{{ item }}";

        _bench.Render("mail", """{"list":["x","y"]}""").HtmlBody.Should().Be("123|xy|xy|x");

        _bench.Files["each.html.liquid"] = "{{ a }}";
        FluentActions.Invoking(() => _bench.Render("mail", """{"list":["x","y"]}""")).Should().ThrowExactly<EmailTemplateException>().WithMessage("*sees its arguments only*");
    }

    [Fact]
    public void Derives_the_text_from_the_HTML_where_there_is_no_text_template()
    {
        _bench.Files["mail.html.liquid"] = "Hello";

        _bench.Render().Should().Be(new RenderedEmail(null, "Hello", "Hello\n"));
    }

    [Fact]
    public void Parses_a_file_once_and_again_after_it_changed()
    {
        _bench.Files["mail.html.liquid"] = "{% include 'part' %}1";
        _bench.Files["part.html.liquid"] = "a";
        for (var i = 0; i < 3; i++) _bench.Render().HtmlBody.Should().Be("a1");
        _bench.Files.Reads.Should().Be(2);

        _bench.Files["part.html.liquid"] = "b";
        _bench.Render().HtmlBody.Should().Be("b1");

        _bench.Files["part.html.liquid"] = "{{";
        FluentActions.Invoking(() => _bench.Render()).Should().ThrowExactly<EmailTemplateException>().Which.TemplateName.Should().Be("part.html.liquid");

        _bench.Files["part.de.html.liquid"] = "c";
        _bench.Render("mail", "{}", new("de")).HtmlBody.Should().Be("c1");

        _bench.Files.Delete("part.de.html.liquid");
        _bench.Files["part.html.liquid"] = "d";
        _bench.Render("mail", "{}", new("de")).HtmlBody.Should().Be("d1");
    }

    [Fact]
    public void The_first_provider_that_has_a_file_wins()
    {
        var second = new InMemoryFiles { ["mail.html.liquid"] = "second", ["other.html.liquid"] = "other" };
        var bench = new TemplateBench(more: second);
        bench.Render("mail").HtmlBody.Should().Be("second");

        bench.Files["mail.html.liquid"] = "first";

        bench.Render("mail").HtmlBody.Should().Be("first");
        bench.Render("other").HtmlBody.Should().Be("other");
    }

    [Fact]
    public async Task Concurrent_renderings_see_whole_templates_while_files_change_T09()
    {
        void Write(int version)
        {
            var text = string.Concat(Enumerable.Repeat($"{version}{{% include 'part' %}}", 50));
            _bench.Files["part.html.liquid"] = string.Concat(Enumerable.Repeat($"p{version}{{{{ '' }}}} ", 20));
            _bench.Files["mail.html.liquid"] = text;
        }

        Write(0);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() => { for (var i = 1; !stop.IsCancellationRequested; i++) Write(i); }, stop.Token);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 50).Select(_ => _bench.Render().HtmlBody!).ToList(), stop.Token));

        var results = (await Task.WhenAll(readers)).SelectMany(html => html).ToList();
        await stop.CancelAsync();
        await writer;

        var versions = results.ConvertAll(PartVersions);
        versions.Should().OnlyContain(words => words.Length == 1000, "no template is torn");
        versions.Should().OnlyContain(words => words.Distinct().Count() == 1, "a partial has one version throughout a rendering");
        results.Distinct().Count().Should().BeGreaterThan(1, "files changed meanwhile");
    }

    private static string[] PartVersions(string html) =>
        [.. html.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word[(word.IndexOf('p', StringComparison.Ordinal) + 1)..])];

    [Theory]
    [InlineData("../secret")]
    [InlineData("a/../../secret")]
    [InlineData("/etc/secret")]
    [InlineData("C:/secret")]
    [InlineData("..\\secret")]
    [InlineData("%2e%2e/secret")]
    [InlineData("a//secret")]
    [InlineData("./secret")]
    [InlineData("secret\0")]
    [InlineData("")]
    [InlineData(".secret")]
    public void Refuses_names_that_lead_elsewhere_T06(string name)
    {
        var root = _folder.CreateSubdirectory("root");
        File.WriteAllText(Path.Combine(_folder.FullName, "secret.html.liquid"), "secret");
        File.WriteAllText(Path.Combine(root.FullName, "mail.html.liquid"), "{% include name %}");
        using var files = new PhysicalFileProvider(root.FullName);
        var bench = new TemplateBench(more: files);

        FluentActions.Invoking(() => bench.Render(name)).Should().ThrowExactly<EmailTemplateException>();
        FluentActions.Invoking(() => bench.Render("mail", $$"""{"name":{{JsonSerializer.Serialize(name)}}}"""))
            .Should().ThrowExactly<EmailTemplateException>().WithMessage("*mail.html.liquid*line 1*not a template's name. It *");
    }

    [Fact]
    public void Refuses_the_hostile_names_of_others_T06()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(SharedData.Path("corpora/header-injection/cases.json")));
        var names = cases.RootElement.EnumerateArray()
            .Where(test => test.GetProperty("field").GetString() is "templateName").Select(test => test.GetProperty("value").GetString()!).ToList();

        names.Should().NotBeEmpty().And.AllSatisfy(name =>
            FluentActions.Invoking(() => _bench.Render(name)).Should().ThrowExactly<EmailTemplateException>().Which.Message.Should().NotContainAny("\r", "\n", "\0"));
    }

    [Fact]
    public void Follows_links_inside_the_folder_and_refuses_those_that_lead_out_T06()
    {
        var root = _folder.CreateSubdirectory("root");
        var outside = _folder.CreateSubdirectory("root-outside");
        File.WriteAllText(Path.Combine(outside.FullName, "mail.html.liquid"), "secret");
        File.WriteAllText(Path.Combine(root.CreateSubdirectory("data").FullName, "inside.html.liquid"), "inside");
        File.CreateSymbolicLink(Path.Combine(root.FullName, "file.html.liquid"), Path.Combine(outside.FullName, "mail.html.liquid"));
        Directory.CreateSymbolicLink(Path.Combine(root.FullName, "folder"), "../root-outside");
        File.CreateSymbolicLink(Path.Combine(root.FullName, "inside.html.liquid"), Path.Combine("data", "inside.html.liquid"));
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "link"), root.FullName);

        foreach (var folder in new[] { "root", "link" })
        {
            using var files = new PhysicalFileProvider(Path.Combine(_folder.FullName, folder));
            var bench = new TemplateBench(more: files);
            bench.Render("inside").HtmlBody.Should().Be("inside");
            bench.Render("data/inside").HtmlBody.Should().Be("inside");
            FluentActions.Invoking(() => bench.Render("file")).Should().ThrowExactly<EmailTemplateException>().WithMessage("*leads out*");
            FluentActions.Invoking(() => bench.Render("folder/mail")).Should().ThrowExactly<EmailTemplateException>().WithMessage("*leads out*");
        }
    }

    [Fact]
    public void Reads_files_with_a_byte_order_mark_and_Windows_line_ends()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "mail.html.liquid"), "Grüße\r\n{{ nope }}", new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        using var files = new PhysicalFileProvider(_folder.FullName);

        var rendering = FluentActions.Invoking(() => new TemplateBench(more: files).Render("mail", "{}", CultureInfo.InvariantCulture));

        rendering.Should().ThrowExactly<EmailTemplateException>().Which.Line.Should().Be(2);
    }
}
