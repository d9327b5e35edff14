namespace TransactionalMail.Benchmarks;

/// <summary>A template that would take the process down if nothing stopped it.</summary>
public sealed record TemplateBomb(string Name, string Template)
{
    private const string Text = "{% assign s = 'abcdefgh' %}";
    private const string Items = "{% assign a = (1..50000) %}";

    public static IReadOnlyList<TemplateBomb> All { get; } =
    [
        new("huge range", "{% for i in (1..2000000000) %}.{% endfor %}"),
        new("huge range in a filter", "{{ (1..2000000000) | reverse | first }}"),
        new("loop in loop", Twice("")),
        new("loop in loop, printing", Twice("{{ a }}{{ b }}")),
        new("loop in loop, table rows", "{% tablerow a in (1..50000) %}{% tablerow b in (1..50000) %}{{ b }}{% endtablerow %}{% endtablerow %}"),
        new("loop in loop, counting", Twice("{% increment n %}{% cycle 'x', 'y' %}{% ifchanged %}{{ b }}{% endifchanged %}")),
        new("loop in loop, hashing", Twice("{% assign h = b | times: a | sha256 | upcase %}")),
        new("loop in loop, dates", Twice("{% assign d = 'now' | date: '%A %B %c' %}")),
        new("loop in loop, money", Twice("{% assign m = b | times: 1.23 | money: 'EUR' %}")),
        new("loop in loop, partials", Twice("{% render 'leaf', n: b %}")),
        new("long output", Loop("{{ 'A line that is a good deal longer than what a single step costs.' }}")),
        new("long output, escaped", Loop("{{ '<<<<<<<<<<<<<<<<>>>>>>>>>>>>>>>>&&&&&&&&&&&&&&&&' }}")),
        new("long style", $"<p style=\"{Twice("{{ 'blue' }};")}\">x</p>"),
        new("long URL", $"<a href=\"{Twice("{{ 'java\tscript:' }}")}\">x</a>"),
        new("doubled string", Text + Loop("{% assign s = s | append: s %}")),
        new("replaced string", Text + Loop("{% assign s = s | replace: 'a', s %}")),
        new("captured string", Text + Loop("{% capture s %}{{ s }}{{ s }}{% endcapture %}")),
        new("encoded string", Text + Loop("{% assign s = s | append: '<&' | url_encode | escape %}")),
        new("split and joined string", "{% assign s = (1..40000) | join: ',' %}" + Loop("{% assign t = s | split: ',' | join: ';' %}")),
        new("searched string", "{% assign s = (1..40000) | join %}{% assign t = s | append: '!' %}" + Loop("{% if s contains t or t == s %}{% endif %}")),
        new("stripped signs", Long("<") + Loop("{% assign t = s | strip_html | strip_newlines | newline_to_br %}")),
        new("stripped tags", Long("<>") + Loop("{% assign t = s | strip_html %}")),
        new("stripped lines", Long("é\n") + Loop("{% assign t = s | strip_newlines %}")),
        new("decoded string", Long("&amp;") + Loop("{% assign t = s | escape_once %}")),
        new("last of a string", Long("é\n") + Loop("{% assign t = s | remove_last: 'b' %}")),
        new("date of a string", Long("1") + Loop("{% assign t = s | date: '%Y' %}")),
        new("doubled array", "{% assign a = (1..100) %}" + Loop("{% assign a = a | concat: a %}")),
        new("long style of one value", $"{Long("blue")}<p style=\"{Twice("{{ s }}")}\">x</p>"),
        new("sorted array", Items + Loop("{% assign b = a | reverse | sort | uniq | reverse | sort_natural %}")),
        new("searched array", Items + Loop("{% if a contains 'nothing' %}{% endif %}")),
        new("summed array", Items + Loop("{% assign n = a | sum %}{% assign j = a | json %}")),
        new("growing number", "{% assign n = 99 %}" + Loop("{% assign n = n | times: n %}")),
        new("number format", "{{ 1 | format_number: 'D999999999' }}"),
        new("text format", "{{ '{0,999999999}' | format_string: 'x' }}"),
        new("date format", "{{ '2026-01-01' | date: '%99999999Y' }}"),
        new("including itself", "{% include 'mail' %}"),
        new("rendering itself twice", "{% render 'mail' %}{% render 'mail' %}"),
        new("its own layout", "{% layout 'mail' %}{% renderbody %}{% renderbody %}"),
        new("nested tags", Nested("{% if true %}", "{% endif %}")),
        new("nested loops", Nested("{% for i in (1..9) %}", "{% endfor %}")),
        new("nested brackets", "{{ a" + Nested("[a", "]") + " }}"),
        new("long chain of filters", "{{ 'x'" + string.Concat(Enumerable.Repeat(" | append: 'x' | upcase", 40_000)) + " }}"),
        new("long condition", "{% if 1 == 1" + string.Concat(Enumerable.Repeat(" and 1 == 1", 40_000)) + " %}{{ nothing }}{% endif %}"),
    ];

    public override string ToString() => Name;

    private static string Long(string text) => $"{{% assign s = '{text}' %}}{{% for i in (1..15) %}}{{% assign s = s | append: s %}}{{% endfor %}}";

    private static string Loop(string body) => $"{{% for i in (1..50000) %}}{body}{{% endfor %}}";

    private static string Twice(string body) => $"{{% for a in (1..50000) %}}{{% for b in (1..50000) %}}{body}{{% endfor %}}{{% endfor %}}";

    private static string Nested(string open, string close) =>
        string.Concat(Enumerable.Repeat(open, 10_000)) + string.Concat(Enumerable.Repeat(close, 10_000));
}
