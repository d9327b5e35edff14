namespace TransactionalMail.Tests.Templates;

public sealed class StrictnessTests
{
    private const string Model = """{"name":"Ada","note":null,"customer":{"city":"Wien","address":null},"items":[{"sku":"A1"}],"flag":false}""";

    [Theory]
    [InlineData("\n{{ nmae }}", 2, "`nmae`")]
    [InlineData("\n\n{{ customer.ctiy }}", 3, "`ctiy` in `customer.ctiy`")]
    [InlineData("{{ name }}\n{{ customer['ctiy'] }}", 2, "`ctiy`")]
    [InlineData("{{ items[0].skuu }}", 1, "`skuu`")]
    [InlineData("{{ items.skuu }}", 1, "`skuu`")]
    [InlineData("{{ name.length }}", 1, "`length`")]
    [InlineData("{{ flag.x }}", 1, "`x`")]
    [InlineData("\n{% if customer.unknown %}x{% endif %}", 2, "`unknown`")]
    [InlineData("{% if flag %}\n{% elsif missing %}\n{% endif %}", 2, "`missing`")]
    [InlineData("{% case name %}\n{% when missing %}\n{% endcase %}", 2, "`missing`")]
    [InlineData("\n{% for item in itmes %}{% endfor %}", 2, "`itmes`")]
    [InlineData("{% for item in items %}\n{{ item.sku }}\n{{ item.price }}{% endfor %}", 3, "`price`")]
    [InlineData("{% for item in items %}{{ forloop.idx }}{% endfor %}", 1, "`idx`")]
    [InlineData("\n{% tablerow i in itmes %}{% endtablerow %}", 2, "`itmes`")]
    [InlineData("{{ name | append: missing }}", 1, "`missing`")]
    [InlineData("{{ missing | default: 'x' }}", 1, "`missing`")]
    [InlineData("\n{% assign x = missing %}", 2, "`missing`")]
    [InlineData("\n{% cycle missing, 'b' %}", 2, "`missing`")]
    [InlineData("{% for i in (1..missing) %}{% endfor %}", 1, "`missing`")]
    [InlineData("{% liquid\nassign a = 1\necho missing\n%}", 3, "`missing`")]
    [InlineData("{% capture x %}\n{{ missing }}{% endcapture %}", 2, "`missing`")]
    public void Says_which_variable_is_unknown_and_on_which_line_T01(string template, int line, string named)
    {
        var error = TemplateBench.Error(template, Model);

        error.TemplateName.Should().Be("mail.html.liquid");
        error.Line.Should().Be(line);
        error.Message.Should().Contain(named).And.NotContain("Ada").And.NotContain("Wien");
    }

    [Theory]
    [InlineData("\n{{ name | upcas }}", 2, "there is no filter `upcas`")]
    [InlineData("{% if false %}\n{{ name | upcas }}{% endif %}", 2, "there is no filter `upcas`")]
    [InlineData("{{ name | raw }}", 1, "no filter `raw`")]
    [InlineData("{{ name | append }}", 1, "takes 1 argument, not 0")]
    [InlineData("{{ name | upcase: 1 }}", 1, "takes no argument, not 1")]
    [InlineData("\n\n{% foo %}", 3, "there is no tag `foo`")]
    [InlineData("{% if true %}\n{% foo %}\n{% endif %}", 2, "there is no tag `foo`")]
    [InlineData("x\n{% endif %}", 2, "`{% endif %}` has no tag that it belongs to")]
    [InlineData("x\n{{ name", 2, "'}}' was expected")]
    [InlineData("x\n{{ }}", 2, "value was expected")]
    [InlineData("\n{% assign = 1 %}", 2, "identifier was expected")]
    [InlineData("{% if true %}\nx", null, "endif")]
    public void Says_what_is_wrong_with_the_syntax_and_on_which_line_T01(string template, int? line, string problem)
    {
        var error = TemplateBench.Error(template, Model);

        error.Message.Should().Contain(problem);
        if (line is not null) error.Line.Should().Be(line);
    }

    [Theory]
    [InlineData("{% render 'nope' %}", "nope.html.liquid")]
    [InlineData("{% include 'nope' %}", "nope.html.liquid")]
    [InlineData("{% layout 'nope' %}", "nope.html.liquid")]
    public void Says_which_partial_or_layout_is_missing_T01(string template, string file)
    {
        var error = TemplateBench.Error("\n" + template);

        error.Line.Should().Be(2);
        error.Message.Should().Contain(file);
    }

    [Fact]
    public void Lists_the_files_it_looked_for_when_a_template_is_missing_T01()
    {
        var rendering = FluentActions.Invoking(() => new TemplateBench().Render("welcome", "{}", new("de-AT")));

        rendering.Should().ThrowExactly<EmailTemplateException>().WithMessage(
            "*welcome.de-AT.html.liquid, welcome.de.html.liquid, welcome.html.liquid, welcome.de-AT.txt.liquid, welcome.de.txt.liquid, welcome.txt.liquid*");
    }

    [Fact]
    public void Names_the_partial_at_fault()
    {
        var bench = new TemplateBench();
        bench.Files["mail.html.liquid"] = "{% render 'parts/button', label: 'Go' %}";
        bench.Files["parts/button.html.liquid"] = "<b>\n{{ labl }}</b>";

        var error = FluentActions.Invoking(() => bench.Render()).Should().ThrowExactly<EmailTemplateException>().Which;

        error.TemplateName.Should().Be("parts/button.html.liquid");
        error.Line.Should().Be(2);
    }

    [Theory]
    [InlineData("[{{ note }}]", "[]")]
    [InlineData("{% if note %}x{% else %}none{% endif %}", "none")]
    [InlineData("{{ note | default: 'nothing' }}", "nothing")]
    [InlineData("[{{ customer.address.street }}]", "[]")]
    [InlineData("{{ items.size }}{{ items.first.sku }}{{ items[0].sku }}{{ items[9] }}", "1A1A1")]
    [InlineData("{% for i in items %}{{ forloop.index }}{{ forloop.last }}{{ i.sku }}{% endfor %}", "1trueA1")]
    [InlineData("{% assign t = 0 %}{% for i in (1..3) %}{% assign t = t | plus: i %}{% endfor %}{{ t }}", "6")]
    [InlineData("{% tablerow i in items cols: 1 %}{{ tablerowloop.row }}{{ i.sku }}{% endtablerow %}", "<tr class=\"row1\">\n<td class=\"col1\">1A1</td></tr>\n")]
    [InlineData("{% for o in (1..2) %}{% for i in (1..2) %}{{ forloop.parentloop.index }}{% endfor %}{% endfor %}", "1122")]
    [InlineData("{% for i in (1..3) %}{% case i %}{% when 2 %}{% break %}{% endcase %}{{ i }}{% endfor %}", "1")]
    [InlineData("{{ customer.size }}", "2")]
    public void Renders_what_the_model_has_even_where_it_is_null(string template, string expected) =>
        TemplateBench.Html(template, Model).Should().Be(expected);

    [Fact]
    public void Ends_templates_that_nest_too_deeply_before_the_stack_does()
    {
        var tags = string.Concat(Enumerable.Repeat("{% if true %}", 20_000));
        var operators = "{% if " + string.Concat(Enumerable.Repeat("false or ", 20_000)) + "true %}x{% endif %}";
        var brackets = "{{ a" + string.Concat(Enumerable.Repeat("[a", 20_000)) + string.Concat(Enumerable.Repeat("]", 20_000)) + " }}";
        var filters = "{{ 'a'" + string.Concat(Enumerable.Repeat(" | strip", 20_000)) + " }}";

        var results = new List<string>();
        var thread = new Thread(() => results.AddRange([TemplateBench.Error(tags).Message, TemplateBench.Error(brackets).Message, TemplateBench.Error(operators).Message, TemplateBench.Html(filters)]), maxStackSize: 1024 * 1024);
        thread.Start();
        thread.Join();

        results.Should().HaveCount(4);
        results.Take(3).Should().AllSatisfy(message => message.Should().Contain("nests too deeply"));
        results[3].Should().Be("a");
    }
}
