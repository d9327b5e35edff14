using System.Globalization;
using Fluid.Values;

namespace TransactionalMail.Templates.Values;

/// <summary>How values read in a mail.</summary>
internal static class ValueText
{
    public static string Of(FluidValue value, CultureInfo culture) => value switch
    {
        StringValue => value.ToStringValue(),
        NumberValue => Number(value.ToNumberValue(), culture),
        DateTimeValue => Date((DateTimeOffset)value.ToObjectValue()),
        ArrayValue array => string.Concat(array.Values.Select(item => Of(item, culture))),
        _ => value.ToStringValue(),
    };

    /// <summary>Without group separators or trailing zeros; a whole number that came with decimals keeps one, as in Liquid.</summary>
    private static string Number(decimal number, CultureInfo culture)
    {
        if (number.Scale == 0) return number.ToString(culture);
        return number.ToString(decimal.IsInteger(number) ? "0.0" : "0.############################", culture);
    }

    private static string Date(DateTimeOffset date) =>
        date.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture).Remove(23, 1);
}
