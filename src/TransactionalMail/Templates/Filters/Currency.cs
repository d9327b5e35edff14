using System.Collections.Frozen;
using System.Globalization;

namespace TransactionalMail.Templates.Filters;

/// <summary>Writes an amount of any currency the way a culture writes its own.</summary>
internal static class Currency
{
    private const char NoBreakSpace = '\u00A0';

    private static readonly FrozenDictionary<string, string> s_symbols = FrozenDictionary.ToFrozenDictionary(
        "BRL R$,CNY ¥,CZK Kč,EUR €,GBP £,GEL ₾,HUF Ft,ILS ₪,INR ₹,JPY ¥,KRW ₩,KZT ₸,NGN ₦,PHP ₱,PLN zł,RUB ₽,TRY ₺,UAH ₴,USD $,VND ₫".Split(','),
        pair => pair[..3],
        pair => pair[4..],
        StringComparer.Ordinal);

    // Currencies whose minor unit is not a hundredth (ISO 4217).
    private static readonly FrozenSet<string> s_whole =
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> s_thousandths = "BHD IQD JOD KWD LYD OMR TND".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Gets the format for <c>C</c>.</summary>
    public static NumberFormatInfo FormatOf(string code, CultureInfo culture)
    {
        var format = (NumberFormatInfo)culture.NumberFormat.Clone();
        format.CurrencyDecimalDigits = s_whole.Contains(code) ? 0 : s_thousandths.Contains(code) ? 3 : 2;
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
