using System.Text;
using System.Text.Json;
using Microsoft.Extensions.FileProviders;
using TransactionalMail.Preparation;
using TransactionalMail.Templates;
using TransactionalMail.Tests.Preparation;

namespace TransactionalMail.Tests.Templates;

/// <summary>One rule at every entry: the message's template, and what templates render, include and wrap themselves in.</summary>
public sealed class TemplateNameTests : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("templates");

    public void Dispose() => _parent.Delete(recursive: true);

    [Theory]
    [InlineData("welcome")]
    [InlineData("account/welcome-2_b.v1")]
    [InlineData("_partials/-/9")]
    [InlineData("a.b.c/d.e")]
    [InlineData("bestätigung")]
    [InlineData("besta\u0308tigung")]
    [InlineData("स्वागत/नमस्ते")]
    [InlineData("ยินดีต้อนรับ")]
    [InlineData("أهلاً")]
    [InlineData("注文/確認")]
    [InlineData("𠮷野家")]
    [InlineData("١٢٣")]
    public void Accepts_sensible_names_in_any_script_at_every_entry(string name)
    {
        ProblemInMessage(name).Should().BeNull();

        var bench = new TemplateBench();
        bench.Files[$"{name}.html.liquid"] = "<i>{% renderbody %}</i>";
        bench.Files["layout.html.liquid"] = "{% assign n = name %}{% layout n %}x";
        bench.Render("layout", ModelOf(name)).HtmlBody.Should().Be("<i>x</i>");

        bench.Files[$"{name}.html.liquid"] = "found";
        bench.Render(name).HtmlBody.Should().Be("found");
        bench.Files["mail.html.liquid"] = $"{{% render '{name}' %}}{{% include name %}}";
        bench.Render("mail", ModelOf(name)).HtmlBody.Should().Be("foundfound");
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("/welcome", "empty folder")]
    [InlineData("welcome/", "empty folder")]
    [InlineData("a//b", "empty folder")]
    [InlineData("/", "empty folder")]
    [InlineData(".", "dot at the edge")]
    [InlineData("..", "dot at the edge")]
    [InlineData("../welcome", "dot at the edge")]
    [InlineData("a/../b", "dot at the edge")]
    [InlineData("a/./b", "dot at the edge")]
    [InlineData("a./b", "dot at the edge")]
    [InlineData("a.", "dot at the edge")]
    [InlineData(".hidden", "dot at the edge")]
    [InlineData("a..b", "two dots")]
    [InlineData("..\\welcome", "U+005C")]
    [InlineData("C:/a", "U+003A")]
    [InlineData("~/a", "U+007E")]
    [InlineData("%2e%2e/a", "U+0025")]
    [InlineData("a b", "U+0020")]
    [InlineData("a*", "U+002A")]
    [InlineData("a\u2024\u2024/b", "U+2024")]
    [InlineData("a\uff0fb", "U+FF0F")]
    [InlineData("a\u2215b", "U+2215")]
    [InlineData("a\u202eb", "U+202E")]
    [InlineData("a\u200bb", "U+200B")]
    [InlineData("a\0", "U+0000")]
    [InlineData("a\r\nb", "U+000D")]
    public void Refuses_other_names_at_every_entry_with_the_same_words_T06(string name, string because)
    {
        var problem = ProblemInMessage(name);
        problem.Should().Contain(because).And.NotContainAny("\r", "\n", "\0", "\u202e");

        ErrorOf(bench => bench.Render(name)).Should().Contain(problem);
        var quoted = $"'{name.Replace(@"\", @"\\", StringComparison.Ordinal)}'";
        foreach (var tag in new[] { $"render {quoted}", "include name", "layout name" })
        {
            ErrorOf(bench =>
            {
                bench.Files["mail.html.liquid"] = $"\n{{% {tag} %}}";
                bench.Render("mail", ModelOf(name));
            }).Should().StartWith("Template \"mail.html.liquid\", line 2: ").And.Contain(problem);
        }
    }

    [Fact]
    public void Has_at_most_200_characters_at_every_entry()
    {
        var bench = new TemplateBench();
        var longest = new string('n', 200);
        bench.Files[$"{longest}.html.liquid"] = "found";
        bench.Files["mail.html.liquid"] = "{% include name %}";

        ProblemInMessage(longest).Should().BeNull();
        bench.Render(longest).HtmlBody.Should().Be("found");
        bench.Render("mail", ModelOf(longest)).HtmlBody.Should().Be("found");

        ProblemInMessage(longest + "n").Should().Be("It is 201 characters long; 200 are allowed. Shorten it.");
        ErrorOf(b => b.Render(longest + "n")).Should().Contain("201 characters");
    }

    [Fact]
    public void No_random_name_that_is_accepted_leaves_the_folder_T06()
    {
        string[] pieces = ["a", "b", ".", "..", "/", "//", "\\", "-", "_", " ", "~", ":", "é", "\u0301", "𠮷", "\ud83d", "\0", "%2e", "\u2024", "\uff0e", "\uff0f", "*", "?", "C:", "root"];
        var root = _parent.CreateSubdirectory("root").FullName;
        using var files = new PhysicalFileProvider(root);
        var random = new Random(20261124);
        var accepted = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var name = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (TemplateName.FindProblem(name) is not null) continue;

            accepted++;
            var file = files.GetFileInfo($"{name}.html.liquid");
            foreach (var form in Enum.GetValues<NormalizationForm>())
            {
                Path.GetFullPath(file.PhysicalPath!.Normalize(form)).Should().Be(Path.Combine(root, $"{name}.html.liquid").Normalize(form), "the path holds nothing to resolve");
            }
        }

        accepted.Should().BeGreaterThan(1_000);
    }

    private static string ModelOf(string name) => $$"""{"name":{{JsonSerializer.Serialize(name)}}}""";

    private static string? ProblemInMessage(string name) =>
        MessageValidator.Validate(MessageFields.Valid() with { TextBody = null, Template = new EmailTemplate(name, JsonElement.Parse("{}")) })
            .SingleOrDefault(error => error.Field == "Template.Name")?.Problem;

    private static string ErrorOf(Action<TemplateBench> render) =>
        FluentActions.Invoking(() => render(new TemplateBench())).Should().ThrowExactly<EmailTemplateException>().Which.Message;
}
