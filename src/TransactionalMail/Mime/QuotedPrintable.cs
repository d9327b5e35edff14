using System.Buffers;

namespace TransactionalMail.Mime;

/// <summary>Encodes text whose lines end in CRLF as quoted-printable (RFC 2045 §6.7).</summary>
/// <remarks>
/// MimeKit's encoder writes lines of up to 78 characters; 76 is the limit. This one also encodes a dot and a <c>From </c> at
/// the start of a line (RFC 2049 §3), which relays and mailbox files are known to change, breaking the signature.
/// </remarks>
internal static class QuotedPrintable
{
    private const int MaxLineLength = 76;

    public static byte[] Encode(ReadOnlySpan<byte> text)
    {
        var output = new ArrayBufferWriter<byte>(text.Length + text.Length / 8 + 16);
        var column = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i..].StartsWith("\r\n"u8))
            {
                output.Write("\r\n"u8);
                column = 0;
                i++;
                continue;
            }

            var literal = IsLiteral(text, i, column);
            var endsLine = i + 1 == text.Length || text[(i + 1)..].StartsWith("\r\n"u8);
            if (column + (literal ? 1 : 3) > (endsLine ? MaxLineLength : MaxLineLength - 1))
            {
                output.Write("=\r\n"u8);
                column = 0;
                literal = IsLiteral(text, i, column);
            }

            column += Write(output, text[i], literal);
        }

        return output.WrittenSpan.ToArray();
    }

    private static bool IsLiteral(ReadOnlySpan<byte> text, int index, int column) => text[index] switch
    {
        (byte)'=' => false,
        (byte)'.' => column > 0,
        (byte)'F' => column > 0 || !text[index..].StartsWith("From "u8),
        (byte)' ' or (byte)'\t' => index + 1 < text.Length && text[index + 1] is not ((byte)'\r' or (byte)'\n'),
        > 32 and < 127 => true,
        _ => false,
    };

    private static int Write(ArrayBufferWriter<byte> output, byte value, bool literal)
    {
        var span = output.GetSpan(3);
        if (literal)
        {
            span[0] = value;
            output.Advance(1);
            return 1;
        }

        span[0] = (byte)'=';
        span[1] = Hex(value >> 4);
        span[2] = Hex(value & 15);
        output.Advance(3);
        return 3;
    }

    private static byte Hex(int digit) => (byte)"0123456789ABCDEF"[digit];
}
