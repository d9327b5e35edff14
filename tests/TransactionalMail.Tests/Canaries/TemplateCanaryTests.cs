using TransactionalMail.Tests.Templates;

namespace TransactionalMail.Tests.Canaries;

/// <summary>Templates that fail on a model of canaries.</summary>
[Collection(nameof(CanaryCage))]
public class TemplateCanaryTests
{
    internal static readonly CanaryFaults Faults = FindFaults();

    public static TheoryData<string> Names => Faults.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Names_the_template_and_nothing_of_its_model_P02(string fault) => Faults.RunAsync(fault);

    private static CanaryFaults FindFaults()
    {
        var faults = new CanaryFaults();
        Html("an unknown variable", "{{ nobody }}");
        Html("an unknown member", "{{ order.nothing }}");
        Html("an unknown member under a key from the model", "{{ order[name] }}");
        Html("an unknown member of a dictionary", "{{ order.note.nothing }}");
        Html("an unknown filter", "{{ name | nofilter }}");
        Html("an unknown tag", "{{ name }}{% nothing %}");
        Html("an unfinished tag", "{% if name == 'x' %}{{ name }}");
        Html("an unfinished output", "{{ name ");
        Html("a filter with too many arguments", "{{ name | upcase: name }}");
        Html("a filter that fails on the value", "{{ '2026-11-24' | date: long }}");
        Html("a number that is none", "{% for x in list limit: name %}{% endfor %}");
        Html("a range that is none", "{% for x in (1..long) limit: name %}{% endfor %}");
        Html("a partial that the model names", "{% include partial %}");
        Html("a partial that the model names badly", "{% include file %}");
        Html("a layout that the model names", "{% layout partial %}");
        Html("a partial with a fault of its own", "{% include 'part' %}", "{{ name }}{{ nobody }}");
        Html("a partial that includes itself", "{% include 'part' %}", "{{ name }}{% include 'part' %}");
        Html("too many steps", "{% for a in (1..1000) %}{% for b in (1..1000) %}{{ name }}{% endfor %}{% endfor %}");
        Html("a string that grows too long", "{% assign s = long %}{% for a in (1..30) %}{% assign s = s | append: s %}{% endfor %}");
        Html("a range that is too long", "{{ name }}{% for a in (1..1000000000) %}{{ name }}{% endfor %}");
        Html("output that is too long", "{% for a in (1..1000) %}{{ long }}{% endfor %}");
        Html("a value where markup cannot take one", "<script>{{ name }}</script>");
        Html("a value as the name of an attribute", "<p {{ name }}=\"x\">");
        Html("an attribute left open", "{% layout 'part' %}<p title=\"{{ name }}", "{% renderbody %}");
        Html("a layout without a place for the body", "{% layout 'part' %}{{ name }}", "{{ name }}");
        Html("division by zero", "{{ name | divided_by: 0 }}{{ 1 | divided_by: 0 }}");
        faults.AddRefused<EmailTemplateException>("a NUL from the model in the subject", () => Plants.TemplateMail(), Files(f => f["mail.subject.liquid"] = "{{ half }}", "x"));
        faults.AddRefused<EmailTemplateException>("a line break from the model in the subject", () => Plants.TemplateMail(), Files(f => f["mail.subject.liquid"] = "{{ subject }}", "x"));
        faults.AddRefused<EmailTemplateException>("a template that does not exist", () => Plants.TemplateMail("nowhere"), Files(_ => { }, "x"));
        return faults;

        void Html(string name, string template, string part = "") =>
            faults.AddRefused<MailException>(name, () => Plants.TemplateMail(), Files(f => f["part.html.liquid"] = part, template));
    }

    private static Action<TransactionalMailBuilder> Files(Action<InMemoryFiles> more, string html) => mail =>
    {
        var files = new InMemoryFiles { ["mail.html.liquid"] = html, ["mail.txt.liquid"] = "Text" };
        more(files);
        mail.AddTemplates(files);
    };
}
