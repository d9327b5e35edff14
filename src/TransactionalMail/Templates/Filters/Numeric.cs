using System.Globalization;
using Fluid.Values;

namespace TransactionalMail.Templates.Filters;

/// <summary>Values as numbers: numbers, and strings that spell one; anything else counts as zero.</summary>
internal static class Numeric
{
    public static decimal Of(FluidValue value) => value.Type switch
    {
        FluidValues.Number => value.ToNumberValue(),
        FluidValues.String when decimal.TryParse(value.ToStringValue().Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => 0,
    };

    public static int Integer(FluidValue value) => (int)Math.Clamp(Of(value), int.MinValue, int.MaxValue);
}
