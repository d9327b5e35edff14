using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Templates.Filters;

namespace TransactionalMail.Tests.Templates;

public sealed class CultureTests
{
    private const string Model = """{"total":1234.50,"whole":10021,"share":0.075,"placed":"2026-03-01T23:30:00+09:00","day":"2026-03-01","exact":0.1,"large":1e400,"tiny":0.00001}""";

    [Theory]
    [InlineData("de", "{{ total | money: 'EUR' }}", "1.234,50 €")]
    [InlineData("en-US", "{{ total | money: 'EUR' }}", "€1,234.50")]
    [InlineData("en-US", "{{ total | money: 'usd' }}", "$1,234.50")]
    [InlineData("en-US", "{{ total | money: 'JPY' }}", "¥1,235")]
    [InlineData("en-US", "{{ total | money: 'CHF' }}", "CHF 1,234.50")]
    [InlineData("en-US", "{{ total | money: 'KWD' }}", "KWD 1,234.500")]
    [InlineData("de-CH", "{{ total | money: 'CHF' }}", "CHF 1’234.50")]
    [InlineData("fr-FR", "{{ total | money: 'EUR' }}", "1 234,50 €")]
    [InlineData("", "{{ total | money: 'EUR' }}", "€1,234.50")]
    [InlineData("", "{{ -5 | money: 'EUR' }}", "-€5.00")]
    [InlineData("de-AT", "{{ total | number: 2 }}", "1 234,50")]
    [InlineData("de", "{{ total | number }}", "1.234,50")]
    [InlineData("de", "{{ total | format_number: 'N1' }}", "1.234,5")]
    [InlineData("de", "{{ share | percent: 1 }}", "7,5 %")]
    [InlineData("de", "{{ total }} {{ whole }} {{ exact }} {{ tiny }}", "1234,5 10021 0,1 0,00001")]
    [InlineData("", "{{ total }} {{ exact | times: 3 }} {{ large }}", "1234.5 0.3 1e400")]
    [InlineData("de", "{{ placed | date: '%d. %B %Y %H:%M %z' }}", "01. März 2026 23:30 +0900")]
    [InlineData("en-US", "{{ placed | date: '%A, %-d %b' }}", "Sunday, 1 Mar")]
    [InlineData("de", "{{ day | format_date: 'D' }}", "Sonntag, 1. März 2026")]
    [InlineData("en-US", "{{ placed | format_date: 'd' }}", "3/1/2026")]
    [InlineData("th-TH", "{{ day | format_date: 'yyyy' }}", "2569")]
    [InlineData("", "{{ placed | time_zone: 'Europe/Vienna' | date: '%H:%M' }}", "15:30")]
    [InlineData("", "{{ placed | time_zone: 'UTC' }}", "2026-03-01 14:30:00 +0000")]
    [InlineData("", "{{ 'now' | date: '%Y-%m-%d %H:%M' }}", "2026-11-24 09:30")]
    [InlineData("", "{{ 'today' | date: '%F' }}", "2026-11-24")]
    [InlineData("", "{{ 0 | date: '%F %T %z' }}", "1970-01-01 00:00:00 +0000")]
    [InlineData("", "{{ 'soon' | date: '%F' }}", "soon")]
    [InlineData("tr", "{{ 'title' | upcase }}", "TİTLE")]
    public void Formats_for_the_culture_of_the_mail(string culture, string template, string expected)
    {
        var bench = new TemplateBench(time: new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 9, 30, 0, TimeSpan.Zero)));
        bench.Files["mail.txt.liquid"] = template;

        var text = bench.Render("mail", Model, new(culture)).TextBody!;

        text.Replace('\u00A0', ' ').Replace('\u202F', ' ').Should().Be(expected);
    }

    [Fact]
    public void Formats_without_the_data_of_cultures()
    {
        // What a culture looks like in InvariantGlobalization mode: its name, and the invariant formats.
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();

        1234.5m.ToString("C", Currency.FormatOf("EUR", culture)).Should().Be("€1,234.50");
        TemplateBench.Text("{{ 1234.5 | number: 2 }} {{ '2026-03-01' | date: '%B' }}", culture: culture).Should().Be("1,234.50 March");
    }

    [Theory]
    [InlineData("{{ 1 | money: 'Euro' }}", "ISO 4217")]
    [InlineData("{{ 1 | format_number: 'N2', 'xx-nope-nope-nope' }}", "not known")]
    public void Says_what_a_format_lacks(string template, string problem) =>
        TemplateBench.Error(template).Message.Should().Contain(problem);
}
