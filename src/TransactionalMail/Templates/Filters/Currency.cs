using System.Collections.Frozen;
using System.Globalization;

namespace TransactionalMail.Templates.Filters;

/// <summary>Writes an amount of any currency the way a culture writes its own.</summary>
internal static class Currency
{
    private const char NoBreakSpace = '\u00A0';

    private static readonly FrozenDictionary<string, string> s_symbols = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["BRL"] = "R$",
        ["CNY"] = "¥",
        ["CZK"] = "Kč",
        ["EUR"] = "€",
        ["GBP"] = "£",
        ["GEL"] = "₾",
        ["HUF"] = "Ft",
        ["ILS"] = "₪",
        ["INR"] = "₹",
        ["JPY"] = "¥",
        ["KRW"] = "₩",
        ["KZT"] = "₸",
        ["NGN"] = "₦",
        ["PHP"] = "₱",
        ["PLN"] = "zł",
        ["RUB"] = "₽",
        ["TRY"] = "₺",
        ["UAH"] = "₴",
        ["USD"] = "$",
        ["VND"] = "₫",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Currencies whose minor unit is not a hundredth (ISO 4217).</summary>
    private static readonly FrozenDictionary<string, int> s_digits = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["BIF"] = 0,
        ["CLP"] = 0,
        ["DJF"] = 0,
        ["GNF"] = 0,
        ["ISK"] = 0,
        ["JPY"] = 0,
        ["KMF"] = 0,
        ["KRW"] = 0,
        ["PYG"] = 0,
        ["RWF"] = 0,
        ["UGX"] = 0,
        ["VND"] = 0,
        ["VUV"] = 0,
        ["XAF"] = 0,
        ["XOF"] = 0,
        ["XPF"] = 0,
        ["BHD"] = 3,
        ["IQD"] = 3,
        ["JOD"] = 3,
        ["KWD"] = 3,
        ["LYD"] = 3,
        ["OMR"] = 3,
        ["TND"] = 3,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Gets the format for <c>C</c>.</summary>
    public static NumberFormatInfo FormatOf(string code, CultureInfo culture)
    {
        var format = (NumberFormatInfo)culture.NumberFormat.Clone();
        format.CurrencyDecimalDigits = s_digits.GetValueOrDefault(code, 2);
        format.CurrencySymbol = Symbol(code, culture, format.CurrencyPositivePattern);
        if (culture.Name.Length == 0) format.CurrencyNegativePattern = 1;
        return format;
    }

    private static string Symbol(string code, CultureInfo culture, int pattern)
    {
        var symbol = IsOwn(code, culture) ? culture.NumberFormat.CurrencySymbol : s_symbols.GetValueOrDefault(code, code);

        // Letters need a space that a pattern for a sign may lack: CHF 5.00, not CHF5.00.
        if (pattern == 0 && char.IsLetter(symbol[^1])) return symbol + NoBreakSpace;
        return pattern == 1 && char.IsLetter(symbol[0]) ? NoBreakSpace + symbol : symbol;
    }

    private static bool IsOwn(string code, CultureInfo culture)
    {
        if (culture.IsNeutralCulture || culture.Name.Length == 0) return false;
        try
        {
            return string.Equals(new RegionInfo(culture.Name).ISOCurrencySymbol, code, StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            return false; // A culture without a region, such as a custom or artificial one.
        }
    }
}
