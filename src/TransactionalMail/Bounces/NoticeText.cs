using System.Buffers;

namespace TransactionalMail.Bounces;

/// <summary>Finds where, in a text, the reporter's words end and the mail it returns begins.</summary>
internal static class NoticeText
{
    private const int LongestMark = 100;

    private static readonly SearchValues<string> s_marks = SearchValues.Create(
        [
            "original message", "original mail", "original header", "copy of the message", "copy of your message", "copy of the original", "returned message", "unsent message",
            "undelivered message", "message header", "headers of the message", "header of the message", "below this line", "message follows", "text of your message",
        ],
        StringComparison.OrdinalIgnoreCase);

    public static (string Notice, string Returned) Split(string text)
    {
        var at = 0;
        while (at < text.Length)
        {
            var length = text.AsSpan(at).IndexOf('\n') is >= 0 and var end ? end + 1 : text.Length - at;
            var line = text.AsSpan(at, length).Trim();
            if (IsMark(line)) return (text[..at], text[(at + length)..]);
            if (at > 0 && IsFirstField(line)) return (text[..at], text[at..]);
            at += length;
        }

        return (text, "");
    }

    /// <summary>A ruled line or a heading that speaks of the mail; a sentence that only mentions it goes on.</summary>
    private static bool IsMark(ReadOnlySpan<char> line) =>
        line.Length is > 0 and <= LongestMark
        && (line.StartsWith("--", StringComparison.Ordinal) || line.StartsWith("==", StringComparison.Ordinal) || line[^1] is ':'
            || line.EndsWith("follows.", StringComparison.OrdinalIgnoreCase) || line.EndsWith("follow.", StringComparison.OrdinalIgnoreCase)
            || line.EndsWith("follows", StringComparison.OrdinalIgnoreCase) || line.EndsWith("follow", StringComparison.OrdinalIgnoreCase))
        && line.ContainsAny(s_marks);

    private static bool IsFirstField(ReadOnlySpan<char> line) =>
        line.StartsWith("Received: ", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Return-Path:", StringComparison.OrdinalIgnoreCase)
        || line.StartsWith("DKIM-Signature:", StringComparison.OrdinalIgnoreCase);
}
