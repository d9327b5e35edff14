using Fluid;

namespace TransactionalMail.Templates.Filters;

/// <summary>The filters of our templates: those of Liquid and Fluid, safe against growth, plus what a mail needs for a culture.</summary>
/// <remarks>
/// <list type="table">
/// <item><term><c>number</c></term><description><c>{{ 1234.5 | number: 2 }}</c>: grouped, in the culture; the digits default to as many as there are</description></item>
/// <item><term><c>money</c></term><description><c>{{ 1234.5 | money: 'EUR' }}</c>: <c>1.234,50 €</c> in German, <c>€1,234.50</c> in English; the currency is an ISO 4217 code</description></item>
/// <item><term><c>percent</c></term><description><c>{{ 0.19 | percent }}</c>: <c>19 %</c> or <c>19%</c></description></item>
/// <item><term><c>date</c></term><description><c>{{ placed_at | date: '%d %B %Y' }}</c>: strftime, with the culture's names</description></item>
/// <item><term><c>format_date</c></term><description><c>{{ placed_at | format_date: 'D' }}</c>: .NET formats; <c>D</c>, <c>d</c>, <c>f</c> follow the culture</description></item>
/// <item><term><c>time_zone</c></term><description><c>{{ placed_at | time_zone: 'Europe/Vienna' | date: '%H:%M' }}</c>; without it a date keeps its own offset</description></item>
/// <item><term><c>format_number</c>, <c>format_string</c></term><description>.NET formats in the culture</description></item>
/// </list>
/// There is no <c>raw</c>.
/// </remarks>
internal static class LiquidFilters
{
    /// <summary>Gets what every rendering shares with Fluid.</summary>
    public static TemplateOptions Options { get; } = Create();

    private static TemplateOptions Create()
    {
        var options = new TemplateOptions { TimeZone = TimeZoneInfo.Utc };
        options.Filters.Remove("raw");
        ArrayFilters.AddTo(options.Filters);
        TextFilters.AddTo(options.Filters);
        ArithmeticFilters.AddTo(options.Filters);
        NumberFilters.AddTo(options.Filters);
        DateFilters.AddTo(options.Filters);
        return options;
    }
}
