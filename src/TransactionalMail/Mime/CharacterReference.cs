using System.Text;
using MimeKit.Text;

namespace TransactionalMail.Mime;

/// <summary>Decodes <c>&amp;amp;</c> and its kind (HTML Living Standard §13.2.5.72).</summary>
internal static class CharacterReference
{
    private static readonly (string Reference, string Character)[] s_common = [("&amp;", "&"), ("&nbsp;", "\u00A0"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'")];

    /// <summary>Decodes the reference that text begins with; what is none comes back as written.</summary>
    /// <param name="decoder">A decoder to use again, made when first needed.</param>
    /// <param name="text">Text that begins with an ampersand.</param>
    /// <param name="length">How many characters were read.</param>
    public static string Decode(ref HtmlEntityDecoder? decoder, ReadOnlySpan<char> text, out int length)
    {
        foreach (var (reference, character) in s_common)
        {
            length = reference.Length;
            if (text.StartsWith(reference)) return character;
        }

        decoder ??= new HtmlEntityDecoder();
        length = 0;
        while (length < text.Length && decoder.Push(text[length])) length++;
        var decoded = decoder.GetValue();
        decoder.Reset();
        return decoded;
    }

    /// <summary>In attributes, references without a semicolon are mostly the parameters of URLs: <c>?a=1&amp;copy=2</c>.</summary>
    public static ReadOnlySpan<char> DecodeAttribute(ReadOnlySpan<char> value)
    {
        if (!value.Contains('&')) return value;

        HtmlEntityDecoder? decoder = null;
        var decoded = new StringBuilder(value.Length);
        while (value.IndexOf('&') is var start and >= 0)
        {
            decoded.Append(value[..start]);
            value = value[start..];
            var text = Decode(ref decoder, value, out var length);
            var continues = value[length - 1] != ';' && length < value.Length && (value[length] == '=' || char.IsAsciiLetterOrDigit(value[length]));
            decoded.Append(continues ? value[..length] : text);
            value = value[length..];
        }

        return decoded.Append(value).ToString();
    }
}
