using System.Globalization;
using Fluid;
using Fluid.Values;

namespace TransactionalMail.Templates.Filters;

/// <summary>Numbers and money in the culture of the mail.</summary>
internal static class NumberFilters
{
    private const int MaxDigits = 15;
    private const int MaxFormatLength = 64;

    public static void AddTo(FilterCollection filters)
    {
        filters.AddFilter("number", Number);
        filters.AddFilter("percent", Percent);
        filters.AddFilter("money", Money);
        filters.AddFilter("format_number", FormatNumber);
        filters.AddFilter("format_string", FormatString);
    }

    private static ValueTask<FluidValue> Number(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        if (input.IsNil()) return NilValue.Instance;
        var number = Numeric.Of(input);
        return Format(number, "N" + Digits(arguments, number.Scale), context.CultureInfo);
    }

    private static ValueTask<FluidValue> Percent(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        if (input.IsNil()) return NilValue.Instance;
        var number = Numeric.Of(input);
        return Format(number, "P" + Digits(arguments, Math.Max(0, number.Scale - 2)), context.CultureInfo);
    }

    private static ValueTask<FluidValue> Money(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        if (input.IsNil()) return NilValue.Instance;
        var code = arguments.Text(0);
        if (code.Length != 3 || !code.All(char.IsAsciiLetter)) throw new TemplateFault("`money` takes an ISO 4217 currency code: {{ total | money: 'EUR' }}.");
        return new StringValue(Numeric.Of(input).ToString("C", ((RenderContext)context).CurrencyFormat(code.ToUpperInvariant())));
    }

    private static ValueTask<FluidValue> FormatNumber(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        if (input.IsNil()) return NilValue.Instance;
        return Format(Numeric.Of(input), arguments.Text(0), Culture(arguments.At(1), context));
    }

    /// <summary>A format with a precision can ask for a billion digits.</summary>
    private static StringValue Format(decimal number, string format, CultureInfo culture)
    {
        if (format.Length > MaxFormatLength || (format.Length > 3 && char.IsAsciiLetter(format[0]) && format[1..].All(char.IsAsciiDigit)))
            throw new TemplateFault("the number format is too long.");

        return new StringValue(number.ToString(format, culture));
    }

    private static ValueTask<FluidValue> FormatString(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        var format = input.ToStringValue();
        if (format.AsSpan().IndexOfAny(",:") >= 0 && format.Contains('{', StringComparison.Ordinal))
            throw new TemplateFault("`format_string` takes plain places such as {0}. Format values with their own filters first.");

        object?[] values = [.. (arguments.Values ?? []).Select(value => Values.ValueText.Of(value, context.CultureInfo))];
        context.Budget().CheckString(format.Length + ((long)format.AsSpan().Count('{') * values.Select(value => ((string)value!).Length).DefaultIfEmpty().Max()));
        return new StringValue(string.Format(context.CultureInfo, format, values));
    }

    private static int Digits(FilterArguments arguments, int otherwise) => Math.Clamp(arguments.Integer(0) ?? otherwise, 0, MaxDigits);

    private static CultureInfo Culture(FluidValue name, TemplateContext context)
    {
        if (name.IsNil()) return context.CultureInfo;
        try
        {
            return CultureInfo.GetCultureInfo(name.ToStringValue(), predefinedOnly: true);
        }
        catch (CultureNotFoundException)
        {
            throw new TemplateFault("the culture that a filter asks for is not known on this machine.");
        }
    }
}
