using System.Text.RegularExpressions;
using MimeKit;
using TransactionalMail.Mime;

namespace TransactionalMail.Bounces;

/// <summary>Finds which of our mails a report is about.</summary>
internal static partial class ReturnedMailId
{
    /// <summary>Returns the id, from our own field or from our Message-ID; an empty one where neither came back.</summary>
    public static MailId In(MimeMessage message, ReportParts parts)
    {
        string?[] fields = [parts.ReturnedHeader?[MimeComposer.IdField], Field().Match(parts.Returned).Groups["id"].Value, Field().Match(parts.Notice).Groups["id"].Value];
        foreach (var field in fields)
        {
            if (MailId.TryParse(field?.Trim(), null, out var id)) return id;
        }

        string?[] texts = [parts.ReturnedHeader?[HeaderId.MessageId], parts.Returned, message.Headers[HeaderId.InReplyTo], message.Headers[HeaderId.References], parts.Notice];
        foreach (var text in texts)
        {
            if (text is not null && MessageId().Match(text) is { Success: true } match) return new MailId(Guid.ParseExact(match.ValueSpan[1..^1], "N"));
        }

        return default;
    }

    [GeneratedRegex(MimeComposer.IdField + @":[ \t]{0,8}(?<id>[0-9a-fA-F-]{36})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Field();

    /// <summary>A version 7 UUID without hyphens: what stands before the @ of a Message-ID of ours.</summary>
    [GeneratedRegex("<[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}@", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex MessageId();
}
