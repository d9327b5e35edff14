using Fluid;
using Fluid.Values;

namespace TransactionalMail.Templates.Filters;

/// <summary>Arithmetic on decimals, so that sums of prices are exact.</summary>
internal static class ArithmeticFilters
{
    private const int MaxDigits = 28;

    public static void AddTo(FilterCollection filters)
    {
        AddUnary(filters, "abs", Math.Abs);
        AddUnary(filters, "ceil", decimal.Ceiling);
        AddUnary(filters, "floor", decimal.Floor);
        AddBinary(filters, "plus", (a, b) => a + b);
        AddBinary(filters, "minus", (a, b) => a - b);
        AddBinary(filters, "times", (a, b) => a * b);
        AddBinary(filters, "divided_by", Divide);
        AddBinary(filters, "modulo", Modulo);
        AddBinary(filters, "at_least", Math.Max);
        AddBinary(filters, "at_most", Math.Min);
        AddBinary(filters, "round", Round);
    }

    private static void AddUnary(FilterCollection filters, string name, Func<decimal, decimal> function) =>
        filters.AddFilter(name, (input, _, _) => NumberValue.Create(function(Numeric.Of(input))));

    private static void AddBinary(FilterCollection filters, string name, Func<decimal, decimal, decimal> function) =>
        filters.AddFilter(name, (input, arguments, _) => NumberValue.Create(function(Numeric.Of(input), Numeric.Of(arguments.At(0)))));

    /// <summary>Rounds down if both numbers are whole.</summary>
    private static decimal Divide(decimal number, decimal divisor)
    {
        if (divisor == 0) throw new TemplateFault("`divided_by` cannot divide by zero.");
        return number.Scale == 0 && divisor.Scale == 0 ? decimal.Floor(number / divisor) : number / divisor;
    }

    private static decimal Modulo(decimal number, decimal divisor)
    {
        if (divisor == 0) throw new TemplateFault("`modulo` cannot divide by zero.");
        return number - (divisor * decimal.Floor(number / divisor));
    }

    /// <summary>Rounds halves away from zero, as people and Ruby do.</summary>
    private static decimal Round(decimal number, decimal digits)
    {
        if (digits <= 0) return decimal.Truncate(Math.Round(number, MidpointRounding.AwayFromZero));
        return Math.Round(number, (int)Math.Min(digits, MaxDigits), MidpointRounding.AwayFromZero);
    }
}
