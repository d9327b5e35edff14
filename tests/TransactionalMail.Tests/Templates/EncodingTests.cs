namespace TransactionalMail.Tests.Templates;

public sealed class EncodingTests
{
    private const string Model = """{"x":"<b>O'Neil & \"co\"</b>","list":["<i>","<u>"],"url":"https://a.example/?a=1&b=2","js":"JaVa\tScript:alert(1)","css":"red","o":{"k":"<s>"},"lines":"a\n<b>"}""";
    private const string Encoded = "&lt;b&gt;O&#x27;Neil &amp; &quot;co&quot;&lt;/b&gt;";

    [Theory]
    [InlineData("{{ x }}", Encoded)]
    [InlineData("{{ x | escape }}", Encoded)]
    [InlineData("{{ x | escape | escape_once }}", Encoded)]
    [InlineData("{{ '&lt;b&gt;' | escape_once }}", "&lt;b&gt;")]
    [InlineData("{{ list }}", "&lt;i&gt;&lt;u&gt;")]
    [InlineData("{{ list | join: '<br>' }}", "&lt;i&gt;&lt;br&gt;&lt;u&gt;")]
    [InlineData("{{ '<p>' | append: x }}", "&lt;p&gt;" + Encoded)]
    [InlineData("{% assign y = x %}{{ y }}", Encoded)]
    [InlineData("{% capture c %}<em>{{ x }}</em>{% endcapture %}{{ c }}", "<em>" + Encoded + "</em>")]
    [InlineData("{% capture c %}{% capture d %}<i>{{ x }}</i>{% endcapture %}<em>{{ d }}</em>{% endcapture %}{{ c }}", "<em><i>" + Encoded + "</i></em>")]
    [InlineData("{% capture c %}<em>{{ x }}</em>{% endcapture %}{{ c | default: 'none' }}", "<em>" + Encoded + "</em>")]
    [InlineData("{% capture c %}{{ x }}{% endcapture %}{{ c | downcase }}", "&lt;b&gt;o&#x27;neil &amp; &quot;co&quot;&lt;/b&gt;")]
    [InlineData("{% capture c %}{{ x }}{% endcapture %}<i title=\"{{ c }}\">", "<i title=\"" + Encoded + "\">")]
    [InlineData("{% capture c %}<b>{% endcapture %}<i title=\"{{ c }}\">", "<i title=\"&lt;b&gt;\">")]
    [InlineData("{% capture c %}<a href=\"{% endcapture %}{{ c }}", "&lt;a href=&quot;")]
    [InlineData("{% cycle x, 'b' %}", Encoded)]
    [InlineData("{% ifchanged %}<b>{{ x }}</b>{% endifchanged %}", "<b>" + Encoded + "</b>")]
    [InlineData("{% echo x %}", Encoded)]
    [InlineData("{{ lines | newline_to_br }}", "a<br />\n&lt;b&gt;")]
    [InlineData("{{ lines | newline_to_br | upcase }}", "A&#xA;&lt;B&gt;")]
    [InlineData("{{ o }}", "{&quot;k&quot;:&quot;&lt;s&gt;&quot;}")]
    [InlineData("{{ o | json }}", "{&quot;k&quot;:&quot;\\u003Cs\\u003E&quot;}")]
    [InlineData("{% raw %}{{ x }}<b>{% endraw %}", "{{ x }}<b>")]
    [InlineData("Grüße 漢字 {{ 'Grüße 漢字' }}", "Grüße 漢字 Grüße 漢字")]
    [InlineData("<a href=\"{{ url }}\">", "<a href=\"https://a.example/?a=1&amp;b=2\">")]
    [InlineData("<!--[if mso]><td title=\"{{ x }}\"><![endif]-->{{ x }}", "<!--[if mso]><td title=\"" + Encoded + "\"><![endif]-->" + Encoded)]
    [InlineData("<!-- note --><!----><!-->{{ x }}", "<!-- note --><!----><!-->" + Encoded)]
    [InlineData("1 < 2 <{% if true %}b{% endif %}>{{ x }}", "1 < 2 <b>" + Encoded)]
    [InlineData("<style>a{color:red}</style>{{ x }}", "<style>a{color:red}</style>" + Encoded)]
    public void Encodes_each_value_exactly_once(string template, string expected) =>
        TemplateBench.Html(template, Model).Should().Be(expected);

    [Theory]
    [InlineData("<a href=\"{{ js }}\">", "<a href=\"#\">")]
    [InlineData("<a href='{{ js }}'>", "<a href='#'>")]
    [InlineData("<A HREF = \"{{ js }}\">", "<A HREF = \"#\">")]
    [InlineData("<a href=\"java{{ 'script:alert(1)' }}\">", "<a href=\"#\">")]
    [InlineData("<a href=\" {{ 'vbscript:x' }}\">", "<a href=\"#\">")]
    [InlineData("<a href=\"{{ 'data:text/html,x' }}\">", "<a href=\"#\">")]
    [InlineData("<a href=\"&#106;avascript:{{ css }}\">", "<a href=\"#\">")]
    [InlineData("<a href=\"{{ 'javascript' }}&colon;{{ css }}\">", "<a href=\"#\">")]
    [InlineData("<form action=\"{{ js }}\"><button formaction=\"{{ js }}\">", "<form action=\"#\"><button formaction=\"#\">")]
    [InlineData("<svg><a xlink:href=\"{{ js }}\">", "<svg><a xlink:href=\"#\">")]
    [InlineData("<meta http-equiv=refresh content=\"0;url={{ js }}\">", "<meta http-equiv=refresh content=\"#\">")]
    [InlineData("<img src=\"{{ 'data:image/png;base64,AA' }}\">", "<img src=\"data:image/png;base64,AA\">")]
    [InlineData("<img src=\"{{ 'data:image/svg+xml,x' }}\">", "<img src=\"#\">")]
    [InlineData("<img src=\"{{ 'cid:logo' }}\" alt=\"{{ 'JavaScript: the parts' }}\">", "<img src=\"cid:logo\" alt=\"JavaScript: the parts\">")]
    [InlineData("<a href=\"{{ '/a?next=javascript:b' }}\">", "<a href=\"/a?next=javascript:b\">")]
    [InlineData("<a href=\"{{ '' }}\"><img src=\"{{ nil }}\">", "<a href=\"\"><img src=\"\">")]
    [InlineData("<a href=\"{{ 'myapp://open' }}\">{{ 'mailto:a' }}", "<a href=\"myapp://open\">mailto:a")]
    [InlineData("{% capture u %}{{ js }}{% endcapture %}<a href=\"{{ u }}\">", "<a href=\"#\">")]
    [InlineData("{% capture l %}<a href=\"{{ js }}\">x</a>{% endcapture %}{{ l }}", "<a href=\"#\">x</a>")]
    public void Takes_the_script_out_of_URLs_T05(string template, string expected) =>
        TemplateBench.Html(template, Model).Should().Be(expected);

    [Theory]
    [InlineData("<p style=\"{{ 'color' }}:{{ css }}\">", "<p style=\"color:red\">")]
    [InlineData("<p style=\"{{ '' }}{{ 'a:b' }}\">", "<p style=\"\">")]
    [InlineData("<p style=\"color:{{ css }};width:{{ 12.5 }}%\">", "<p style=\"color:red;width:12.5%\">")]
    [InlineData("<p style=\"color:{{ 'red;background:url(//evil)' }}\">", "<p style=\"color:\">")]
    [InlineData("<p style=\"width:{{ 'expression(alert(1))' }}\">", "<p style=\"width:\">")]
    [InlineData("<p style=\"background:url('{{ url }}')\">", "<p style=\"background:url('https://a.example/?a=1&amp;b=2')\">")]
    [InlineData("<p style=\"background:url({{ 'x) ;}<' }})\">", "<p style=\"background:url(x%29%20%3B%7D%3C)\">")]
    [InlineData("<p style=\"background:url({{ js }})\">", "<p style=\"background:url()\">")]
    [InlineData("<style>a{color:{{ css }}}</style>", "<style>a{color:red}</style>")]
    [InlineData("<style>a{color:{{ '</style><script>' }}}</style>", "<style>a{color:}</style>")]
    public void Lets_into_styles_only_what_cannot_break_out(string template, string expected) =>
        TemplateBench.Html(template, Model, new("de")).Should().Be(expected);

    [Theory]
    [InlineData("<script type=\"application/ld+json\">{\"name\":\"{{ x }}\",\"n\":{{ 1.5 }},\"o\":{{ o | json }}}</script>", "<script type=\"application/ld+json\">{\"name\":\"\\u003Cb\\u003EO\\u0027Neil \\u0026 \\u0022co\\u0022\\u003C/b\\u003E\",\"n\":1.5,\"o\":{\"k\":\"\\u003Cs\\u003E\"}}</script>")]
    public void Escapes_for_JSON_LD(string template, string expected) =>
        TemplateBench.Html(template, Model, new("de")).Should().Be(expected);

    [Theory]
    [InlineData("\n<a href={{ url }}>", "unquoted attribute `href`")]
    [InlineData("\n<a href=x{{ url }}>", "unquoted attribute `href`")]
    [InlineData("\n<a onclick=\"{{ x }}\">", "`onclick`")]
    [InlineData("\n<iframe srcdoc=\"{{ x }}\">", "`srcdoc`")]
    [InlineData("\n<script src=\"{{ url }}\"></script>", "`src`")]
    [InlineData("\n<script>var a = '{{ x }}'</script>", "`script`")]
    [InlineData("\n<{{ x }}>", "name of a tag")]
    [InlineData("\n<p {{ x }}>", "name of a tag")]
    [InlineData("\n<p {{ x }}=\"1\">", "name of a tag")]
    [InlineData("\n<p data-{{ x }}=\"1\">", "name of a tag")]
    [InlineData("\n</{{ x }}>", "name of a tag")]
    [InlineData("\n<!-- {{ x }} -->", "comment")]
    [InlineData("\n<!DOCTYPE {{ x }}>", "comment or declaration")]
    [InlineData("{% capture c %}class=\"a\"{% endcapture %}\n<p {{ c }}>", "name of a tag")]
    public void Refuses_values_where_no_encoding_helps_T04(string template, string problem)
    {
        var error = TemplateBench.Error(template, Model);

        error.Line.Should().Be(2);
        error.Message.Should().Contain(problem);
    }

    [Fact]
    public void Follows_the_markup_across_tags_partials_and_branches()
    {
        var bench = new TemplateBench();
        bench.Files["mail.html.liquid"] = "<a {% if true %}href=\"{% include 'link' %}\"{% endif %}>{{ x }}</a>";
        bench.Files["link.html.liquid"] = "{{ js }}";

        bench.Render("mail", Model).HtmlBody.Should().Be($"<a href=\"#\">{Encoded}</a>");
    }

    [Fact]
    public void Encodes_nothing_in_the_text_part() =>
        TemplateBench.Text("{{ x }} {{ lines | newline_to_br }}", Model).Should().Be("<b>O'Neil & \"co\"</b> a<br />\n<b>");
}
