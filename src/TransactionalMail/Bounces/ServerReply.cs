using System.Globalization;
using System.Text.RegularExpressions;

namespace TransactionalMail.Bounces;

/// <summary>A server's answer as a report quotes it.</summary>
/// <param name="Code">The reply code (RFC 5321 §4.2), where there is one.</param>
/// <param name="EnhancedCode">The enhanced code (RFC 3463), where there is one.</param>
/// <param name="Text">The answer from its code on; empty where no code stands in the text.</param>
internal sealed partial record ServerReply(int? Code, string? EnhancedCode, string Text)
{
    private const int MaxText = 2_000;

    public static ServerReply None { get; } = new(null, null, "");

    /// <summary>Finds the first answer in a text that quotes one.</summary>
    public static ServerReply In(string text)
    {
        var reply = ReplyCode().Match(text);
        var enhanced = EnhancedStatus().Match(text, reply.Success ? reply.Index : 0);
        if (!enhanced.Success) enhanced = EnhancedStatus().Match(text);
        if (!reply.Success && !enhanced.Success) return None;

        var start = reply.Success ? reply.Index : enhanced.Index;
        return new ServerReply(
            reply.Success ? int.Parse(reply.ValueSpan, CultureInfo.InvariantCulture) : null,
            enhanced.Success ? enhanced.Value : null,
            UpToEnd(text.AsSpan(start, Math.Min(text.Length - start, MaxText))));
    }

    /// <summary>An answer ends with the paragraph; what reporters add about the mail, its subject first of all, is none of it.</summary>
    private static string UpToEnd(ReadOnlySpan<char> text)
    {
        var end = text.Length;
        foreach (var line in text.Split('\n'))
        {
            if (!text[line].IsWhiteSpace() && !text[line].TrimStart().StartsWith("Subject", StringComparison.OrdinalIgnoreCase)) continue;
            end = line.Start.Value;
            break;
        }

        return text[..end].Trim().ToString();
    }

    /// <summary>Returns whether an enhanced code says more than "it failed" (RFC 3463 §3.1).</summary>
    public static bool SaysMore(string? enhancedCode) => enhancedCode is not null && !enhancedCode.EndsWith(".0.0", StringComparison.Ordinal);

    [GeneratedRegex(@"(?<![\w./#@%-])[245][0-5][0-9](?=[ \t\r\n:,-]|$)(?!-\d\d)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ReplyCode();

    [GeneratedRegex(@"(?<![\w.])[245]\.\d{1,3}\.\d{1,3}(?![\w]|\.\d)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex EnhancedStatus();
}
