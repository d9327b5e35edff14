using System.Text.Json;

namespace TransactionalMail.Tests.Templates;

public sealed class SubjectTests
{
    [Theory]
    [InlineData("Order {{ x }}\n", "Order A & <B>")]
    [InlineData("\r\n  {% if true %}\r\n  Order\t{{ x }}\r\n  {% endif %}\r\n", "Order A & <B>")]
    [InlineData("Order\n{{ x }}", "Order A & <B>")]
    public void Is_one_trimmed_line_that_is_not_encoded(string template, string expected) =>
        Render(template, """{"x":"A & <B>"}""").Should().Be(expected);

    [Fact]
    public void Takes_captured_template_text_on_one_line() =>
        Render("{% capture c %}Order\n{{ x }}{% endcapture %}{{ c }}", """{"x":"7"}""").Should().Be("Order 7");

    [Theory]
    [InlineData("{{ x }}")]
    [InlineData("{% assign y = x %}{{ y }}")]
    [InlineData("{% capture y %}{{ x }}{% endcapture %}{{ y }}")]
    [InlineData("{{ x | append: '' }}")]
    [InlineData("{{ list }}")]
    [InlineData("{{ list | join: '' }}")]
    [InlineData("{{ '' | append: x | escape }}")]
    [InlineData("{% cycle x, x %}")]
    public void Refuses_line_breaks_and_control_characters_from_the_model_T08(string template)
    {
        foreach (var value in new[] { "a\r\nBcc: x@example.com", "a\nb", "a\rb", "a\0b", "a\u0085b", "a\u2028b", "a\u2029b", "\n", "a\tb", "a\u001bb" })
        {
            var model = JsonSerializer.Serialize(new { x = value, list = new[] { value } });

            FluentActions.Invoking(() => Render("\n" + template, model)).Should().ThrowExactly<EmailTemplateException>()
                .WithMessage("*mail.subject.liquid*line 2*line break*").Which.Message.Should().NotContain("Bcc");
        }
    }

    [Fact]
    public void Refuses_the_header_injections_of_others_T08()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(SharedData.Path("corpora/header-injection/cases.json")));
        var values = cases.RootElement.EnumerateArray()
            .Where(test => test.GetProperty("field").GetString() is "subject").Select(test => test.GetProperty("value").GetString()!).ToList();

        values.Should().NotBeEmpty();
        foreach (var value in values)
            FluentActions.Invoking(() => Render("{{ x }}", JsonSerializer.Serialize(new { x = value }))).Should().ThrowExactly<EmailTemplateException>();
    }

    private static string? Render(string template, string model)
    {
        var bench = new TemplateBench();
        bench.Files["mail.subject.liquid"] = template;
        bench.Files["mail.txt.liquid"] = "x";
        return bench.Render("mail", model).Subject;
    }
}
