using System.Text;

namespace TransactionalMail.Messages;

/// <summary>Punycode (RFC 3492). <see cref="System.Globalization.IdnMapping"/> maps and judges differently from platform to platform, so only this is used.</summary>
internal static class Punycode
{
    private const int Base = 36, TMin = 1, TMax = 26, Skew = 38, Damp = 700, InitialBias = 72, InitialCodePoint = 128;

    public static string Encode(string text)
    {
        var runes = text.EnumerateRunes().Select(rune => rune.Value).ToArray();
        var output = new StringBuilder();
        foreach (var rune in runes)
        {
            if (rune < InitialCodePoint) output.Append((char)rune);
        }

        var basic = output.Length;
        var handled = basic;
        if (basic > 0) output.Append('-');

        var (codePoint, delta, bias) = (InitialCodePoint, 0, InitialBias);
        while (handled < runes.Length)
        {
            var next = runes.Where(rune => rune >= codePoint).Min();
            delta = checked(delta + ((next - codePoint) * (handled + 1)));
            codePoint = next;
            foreach (var rune in runes)
            {
                if (rune < codePoint) delta++;
                if (rune != codePoint) continue;
                AppendVariableLength(output, delta, bias);
                bias = Adapt(delta, handled + 1, first: handled == basic);
                delta = 0;
                handled++;
            }

            delta++;
            codePoint++;
        }

        return output.ToString();
    }

    public static bool TryDecode(string encoded, out string text)
    {
        text = "";
        var hyphen = encoded.LastIndexOf('-');
        var output = encoded[..Math.Max(hyphen, 0)].Select(character => (int)character).ToList();
        var (codePoint, index, bias) = ((long)InitialCodePoint, 0L, InitialBias);
        for (var position = hyphen + 1; position < encoded.Length;)
        {
            var start = index;
            var weight = 1L;
            for (var k = Base; ; k += Base)
            {
                if (position == encoded.Length || Digit(encoded[position++]) is not (>= 0 and var digit)) return false;
                index += digit * weight;
                if (index > int.MaxValue) return false;
                var threshold = Math.Clamp(k - bias, TMin, TMax);
                if (digit < threshold) break;
                weight *= Base - threshold;
                if (weight > int.MaxValue) return false;
            }

            var length = output.Count + 1;
            bias = Adapt((int)(index - start), length, first: start == 0);
            codePoint += index / length;
            if (!Rune.IsValid((int)Math.Min(codePoint, int.MaxValue))) return false;
            index %= length;
            output.Insert((int)index++, (int)codePoint);
        }

        text = string.Concat(output.Select(value => new Rune(value).ToString()));
        return true;
    }

    private static void AppendVariableLength(StringBuilder output, int value, int bias)
    {
        for (var k = Base; ; k += Base)
        {
            var threshold = Math.Clamp(k - bias, TMin, TMax);
            if (value < threshold) break;
            output.Append(Letter(threshold + ((value - threshold) % (Base - threshold))));
            value = (value - threshold) / (Base - threshold);
        }

        output.Append(Letter(value));
    }

    private static int Adapt(int delta, int length, bool first)
    {
        delta = first ? delta / Damp : delta / 2;
        delta += delta / length;
        var k = 0;
        for (; delta > (Base - TMin) * TMax / 2; k += Base) delta /= Base - TMin;
        return k + ((Base - TMin + 1) * delta / (delta + Skew));
    }

    private static char Letter(int digit) => (char)(digit < 26 ? 'a' + digit : '0' + digit - 26);

    private static int Digit(char letter) => letter switch
    {
        >= 'a' and <= 'z' => letter - 'a',
        >= '0' and <= '9' => letter - '0' + 26,
        _ => -1,
    };
}
