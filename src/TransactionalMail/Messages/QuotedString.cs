using System.Text;

namespace TransactionalMail.Messages;

/// <summary>Text in double quotes with backslash escapes (RFC 5321 §4.1.2, RFC 5322 §3.2.4).</summary>
internal static class QuotedString
{
    /// <summary>Reads the quoted string that <paramref name="text"/> starts with.</summary>
    /// <param name="text">Text whose first character is a double quote.</param>
    /// <param name="content">The content, unescaped.</param>
    /// <param name="end">The index after the closing quote.</param>
    /// <returns>Whether there is a closing quote.</returns>
    public static bool TryRead(string text, out string content, out int end)
    {
        var unescaped = new StringBuilder();
        for (end = 1; end < text.Length; end++)
        {
            if (text[end] == '"')
            {
                content = unescaped.ToString();
                end++;
                return true;
            }

            if (text[end] == '\\' && ++end == text.Length) break;
            unescaped.Append(text[end]);
        }

        content = "";
        return false;
    }

    public static string Write(string content) =>
        $"\"{content.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
