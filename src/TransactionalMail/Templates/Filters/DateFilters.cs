using System.Globalization;
using Fluid;
using Fluid.Filters;
using Fluid.Values;

namespace TransactionalMail.Templates.Filters;

/// <summary>Dates from JSON strings. A date keeps the offset it came with; without one it counts as UTC, never as the machine's time.</summary>
internal static class DateFilters
{
    private const int MaxFormatLength = 256;

    public static void AddTo(FilterCollection filters)
    {
        filters.AddFilter("date", (input, arguments, context) => Apply(MiscFilters.Date, input, arguments, context));
        filters.AddFilter("format_date", (input, arguments, context) => Apply(MiscFilters.FormatDate, input, arguments, context));
        filters.AddFilter("time_zone", (input, arguments, context) => Apply(MiscFilters.ChangeTimeZone, input, arguments, context));
    }

    private static ValueTask<FluidValue> Apply(FilterDelegate filter, FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        if (input.IsNil() || arguments.At(0).IsNil() || ToDate(input, (RenderContext)context) is not { } date) return input;

        var format = arguments.Text(0);
        if (format.Length > MaxFormatLength || HasLargeWidth(format)) throw new TemplateFault("the date format is too long.");
        return format.Length == 0 ? input : filter(date, arguments, context);
    }

    private static DateTimeValue? ToDate(FluidValue input, RenderContext context) => input switch
    {
        DateTimeValue date => date,
        NumberValue => FromUnixSeconds(input.ToNumberValue()),
        _ when input.Type is FluidValues.String => FromText(input.ToStringValue(), context),
        _ => null,
    };

    private static DateTimeValue? FromUnixSeconds(decimal seconds) =>
        seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? new DateTimeValue(DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)))
            : null;

    /// <summary>Reads dates in the invariant culture, for in others the year of an ISO date may be another one.</summary>
    private static DateTimeValue? FromText(string text, RenderContext context)
    {
        if (text.Equals("now", StringComparison.OrdinalIgnoreCase) || text.Equals("today", StringComparison.OrdinalIgnoreCase)) return new DateTimeValue(context.StartedAt);
        if (decimal.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return FromUnixSeconds(seconds);
        if (text.EndsWith(" UTC", StringComparison.Ordinal)) text = text[..^4];
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? new DateTimeValue(date) : null;
    }

    /// <summary>A strftime width such as <c>%999999999d</c> pads that far.</summary>
    private static bool HasLargeWidth(string format)
    {
        var digits = 0;
        foreach (var c in format)
        {
            digits = char.IsDigit(c) ? digits + 1 : 0;
            if (digits > 2 && format.Contains('%', StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
