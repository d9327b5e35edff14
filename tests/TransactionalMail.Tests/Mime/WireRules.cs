using System.Text;

namespace TransactionalMail.Tests.Mime;

/// <summary>What the bytes of every mail must keep to, whatever is in it.</summary>
internal static class WireRules
{
    public static string? FindViolation(byte[] mail, bool allowUtf8Fields = false)
    {
        var text = Encoding.Latin1.GetString(mail);
        if (!allowUtf8Fields && !Ascii.IsValid(text)) return "a byte is not ASCII";
        if (text.Contains('\0')) return "there is a NUL";
        if (!text.EndsWith("\r\n", StringComparison.Ordinal)) return "the last line has no CRLF";

        var lines = text.Split("\r\n");
        var blank = Array.IndexOf(lines, "");
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].AsSpan().ContainsAny('\r', '\n')) return $"line {i + 1} has a bare CR or LF";
            if (lines[i].Length > (i < blank ? 998 : 78)) return $"line {i + 1} has {lines[i].Length} characters";
            if (lines[i] == ".") return $"line {i + 1} is a lone dot";
            if (i > 0 && i < blank && lines[i].Length > 0 && lines[i].AsSpan().Trim().IsEmpty) return $"line {i + 1} is a fold of nothing";
        }

        return null;
    }
}
