using Fluid;

namespace TransactionalMail.Templates.Filters;

/// <summary>The filters of our templates: those of Liquid and Fluid, safe against growth, plus what a mail needs for a culture.</summary>
/// <remarks><see cref="IEmailTemplateRenderer"/> documents those that Liquid lacks.</remarks>
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
