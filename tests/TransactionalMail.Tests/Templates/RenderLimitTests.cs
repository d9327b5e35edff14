using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace TransactionalMail.Tests.Templates;

public sealed class RenderLimitTests(ITestOutputHelper output)
{
    private const string TenA = "aaaaaaaaaa";
    private const long MaxAllocated = 64 * 1024 * 1024;

    public static TheoryData<string, string> Bombs => new()
    {
        { "{% for i in (1..1000000000) %}x{% endfor %}", "MaxCollectionLength" },
        { "{{ (1..1000000000) | size }}", "MaxCollectionLength" },
        { "{% assign big = 2147483647 %}{% for i in (-99..big) %}{% endfor %}", "MaxCollectionLength" },
        { "{% tablerow i in (1..1000000000) %}x{% endtablerow %}", "MaxCollectionLength" },
        { "{% for a in (1..1000) %}{% for b in (1..1000) %}{% for c in (1..1000) %}{% endfor %}{% endfor %}{% endfor %}", "MaxSteps" },
        { "{% for a in (1..50000) %}{% for b in (1..50000) %}{{ b }}{% endfor %}{% endfor %}", "" },
        { "{% for a in (1..50000) %}{% for b in (1..50000) %}{% assign x = b | times: a | append: 'x' | upcase | md5 %}{% endfor %}{% endfor %}", "" },
        { "{% tablerow a in (1..50000) %}{% tablerow b in (1..50000) %}{% endtablerow %}{% endtablerow %}", "" },
        { "{% for a in (1..50000) %}{% for b in (1..50000) %}{% cycle 'a', 'b' %}{% increment n %}{% ifchanged %}{{ b }}{% endifchanged %}{% endfor %}{% endfor %}", "" },
        { $"{{% assign s = '{TenA}' %}}{{% for i in (1..1000) %}}{{% assign s = s | append: s %}}{{% endfor %}}", "MaxStringLength" },
        { $"{{% assign s = '{TenA}' %}}{{% for i in (1..1000) %}}{{% assign s = s | replace: 'a', s %}}{{% endfor %}}", "MaxStringLength" },
        { $"{{% assign s = '{TenA}' %}}{{% for i in (1..1000) %}}{{% assign s = s | replace: '', s %}}{{% endfor %}}", "MaxStringLength" },
        { $"{{% assign s = '{TenA}' %}}{{% for i in (1..1000) %}}{{% capture s %}}{{{{ s }}}}{{{{ s }}}}{{% endcapture %}}{{% endfor %}}", "MaxOutputLength" },
        { $"{{% assign s = '<' %}}{{% for i in (1..1000) %}}{{% assign s = s | url_encode %}}{{% assign s = s | append: s %}}{{% endfor %}}", "MaxStringLength" },
        { "{% assign a = (1..1000) %}{% for i in (1..1000) %}{% assign a = a | concat: a %}{% endfor %}", "MaxCollectionLength" },
        { "{% assign s = (1..50000) | join: ',' %}{% for i in (1..1000) %}{% assign s = s | split: '' | join: s %}{% endfor %}", "MaxStringLength" },
        { "{% assign a = (1..50000) %}{% for i in (1..1000) %}{% assign b = a | sort | uniq | reverse %}{% endfor %}", "" },
        { "{% assign a = (1..50000) %}{% for i in (1..1000) %}{% assign b = a | reverse | sort | uniq | reverse | sort_natural %}{% endfor %}", "MaxSteps" },
        { "{% assign a = (1..50000) %}{% for i in (1..50000) %}{% if a contains 'x' %}{% endif %}{% endfor %}", "" },
        { "{% assign a = (1..50000) %}{% for i in (1..1000) %}{% assign b = a | sum %}{% assign b = a | join | split: ' ' | sort_natural | json %}{% endfor %}", "" },
        { "{% assign s = (1..40000) | join %}{% assign t = s | append: 'x' %}{% for i in (1..50000) %}{% if s contains t or s == t %}{% endif %}{% endfor %}", "MaxSteps" },
        { "{% assign a = (1..40000) | join | split: ' ' %}{% for i in (1..50000) %}{% if a contains 'x' %}{% endif %}{% endfor %}", "" },
        { "{% assign n = 9 %}{% for i in (1..1000) %}{% assign n = n | times: n %}{% endfor %}", "times" },
        { "{{ 1 | format_number: 'N999999999' }}", "too long" },
        { "{{ '{0,999999999}' | format_string: 1 }}", "format_string" },
        { "{{ '2020-01-01' | date: '%999999999d' }}", "too long" },
        { "{% for i in (1..50000) %}{{ 'A line that is a little longer than forty characters.' }}{% endfor %}", "MaxOutputLength" },
        { "{% include 'mail' %}", "MaxDepth" },
        { "{% render 'mail' %}", "MaxDepth" },
        { "{% layout 'mail' %}{% if false %}{% renderbody %}{% endif %}", "" },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Ends_template_bombs_at_a_limit_within_64_MB_T02(string template, string limit)
    {
        var bench = new TemplateBench();
        bench.Files["mail.html.liquid"] = template;
        var (before, started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());

        var error = FluentActions.Invoking(() => bench.Render()).Should().ThrowExactly<EmailTemplateException>().Which;

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms, {allocated / 1048576.0:F1} MB: {error.Message}");
        error.Message.Should().Contain(limit.Length > 0 ? limit : "mail.html.liquid");
        allocated.Should().BeLessThan(MaxAllocated);
    }

    [Theory]
    [InlineData("<table>{% for i in (1..47000) %}<tr><td>a<td>1<tr><td>b<td>2<tr><td>c<td>3{% endfor %}", "MaxAllocatedBytes")]
    [InlineData("{% for i in (1..40000) %}<table><tr><td>a<td>b<tr><td>c<td>d</table>{% endfor %}", "MaxAllocatedBytes")]
    [InlineData("{% for i in (1..250) %}<span>{% endfor %}{% for i in (1..50000) %}</div></div>{% endfor %}", "MaxSteps")]
    [InlineData("{% for i in (1..10) %}<blockquote>{% endfor %}{% for i in (1..50000) %}x<br>x<br>x<br>{% endfor %}", "MaxOutputLength")]
    public void Ends_the_derivation_of_text_at_a_limit_within_64_MB_T02(string template, string limit)
    {
        var bench = new TemplateBench();
        bench.Files["mail.html.liquid"] = template;
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = FluentActions.Invoking(() => bench.Render()).Should().ThrowExactly<EmailTemplateException>().Which;

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(MaxAllocated);
        error.TemplateName.Should().Be("mail.html.liquid");
        error.Message.Should().Contain("text part").And.Contain($"EmailTemplateOptions.{limit}").And.Contain("text template");

        bench.Files["mail.txt.liquid"] = "short";
        bench.Render().TextBody.Should().Be("short", "then nothing is derived");
    }

    [Fact]
    public void Renders_a_table_of_5000_rows()
    {
        var rows = Enumerable.Range(1, 5000).Select(i => new { Sku = $"A-{i}", Name = $"Mug <large> & saucer {i}", Quantity = i % 7, Price = i * 1.25m, Url = $"https://shop.example/p/{i}?a=1&b=2" });
        var bench = new TemplateBench();
        bench.Files["mail.html.liquid"] = """
            <table>{% for row in rows %}
            <tr style="background:{% cycle '#fff', '#eee' %}"><td>{{ forloop.index }}</td><td><a href="{{ row.url }}">{{ row.name | truncate: 40 }}</a> {{ row.sku | downcase }}</td>
            {% if row.quantity > 3 %}<td>many</td>{% else %}<td>{{ row.quantity }}</td>{% endif %}<td>{{ row.price | money: 'EUR' }}</td>{% assign total = row.price | times: row.quantity %}<td>{{ total | number: 2 }}</td></tr>
            {% endfor %}</table>
            """;
        var template = EmailTemplate.Create("mail", new { rows }, new("de-AT"));
        var (before, started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());

        var rendered = bench.Render(template);

        var html = rendered.HtmlBody!;
        output.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms, {(GC.GetAllocatedBytesForCurrentThread() - before) / 1048576.0:F1} MB, {html.Length} characters");
        html.Split("<tr ").Should().HaveCount(5001);
        html.Should().Contain("Mug &lt;large&gt; &amp; saucer 5000");
        rendered.TextBody.Should().Contain("Mug <large> & saucer 5000");
    }

    [Fact]
    public void Refuses_more_output_than_allowed_T03()
    {
        var options = new EmailTemplateOptions { MaxOutputLength = 100 };

        TemplateBench.Error(new string('x', 101), options: options).Message.Should().Contain("longer than 100 characters").And.Contain("EmailTemplateOptions.MaxOutputLength");
        TemplateBench.Error("{% for i in (1..30) %}{{ 'xxxx' }}{% endfor %}", options: options).Line.Should().Be(1);
        TemplateBench.Html(new string('x', 100)).Should().HaveLength(100);
    }

    [Fact]
    public void Stops_when_the_time_is_up()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(10) };
        var bench = new TemplateBench(time: time);
        bench.Files["mail.html.liquid"] = "{% for i in (1..50000) %}{{ i }}{% endfor %}";

        FluentActions.Invoking(() => bench.Render()).Should().ThrowExactly<EmailTemplateException>().WithMessage("*longer than 2,000 ms*MaxDuration*");
    }

    [Fact]
    public async Task Stops_when_it_is_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        var bench = new TemplateBench();
        bench.Files["mail.html.liquid"] = "x{{ 1 }}";

        var rendering = async () => await bench.RenderAsync(new EmailTemplate("mail", JsonDocument.Parse("{}").RootElement), cancellation.Token);

        await rendering.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public void Nests_partials_as_deep_as_allowed_T07()
    {
        var bench = new TemplateBench(new EmailTemplateOptions { MaxDepth = 3 });
        bench.Files["mail.html.liquid"] = "{% render 'nest', n: 1, max: 3 %}";
        bench.Files["nest.html.liquid"] = "{{ n }}{% if n < max %}{% assign m = n | plus: 1 %}{% render 'nest', n: m, max: max %}{% endif %}";

        bench.Render().HtmlBody.Should().Be("123");

        bench.Files["mail.html.liquid"] = "{% render 'nest', n: 1, max: 4 %}";
        FluentActions.Invoking(() => bench.Render()).Should().ThrowExactly<EmailTemplateException>().WithMessage("*nest.html.liquid*deeper than 3 levels*MaxDepth*");
    }
}
