using System.Security.Cryptography;
using System.Text;
using MimeKit;
using MimeKit.Utils;
using TransactionalMail.Transports;

namespace TransactionalMail.Bounces;

/// <summary>Makes events of what a report says.</summary>
internal sealed class ReportEvents(MimeMessage message, ReportParts parts, DateTimeOffset now)
{
    private const int MaxComplaints = 1_000;
    private const int MaxNames = 100;

    private readonly MailId _mailId = ReturnedMailId.In(message, parts);

    public IReadOnlyList<MailEvent> OfDelivery(IReadOnlyList<ReportedRecipient> recipients) => [.. recipients.Select(Of).OfType<MailEvent>().DistinctBy(static e => e.EventId)];

    /// <summary>RFC 5965 knows of abuse, fraud, viruses and others; a report that a message was not spam (RFC 6430) complains of nothing.</summary>
    public IReadOnlyList<MailEvent> OfComplaint(FieldGroup feedback)
    {
        if (feedback["Feedback-Type"]!.Trim().Equals("not-spam", StringComparison.OrdinalIgnoreCase)) return [];
        var at = DateUtils.TryParse(feedback["Arrival-Date"] ?? feedback["Received-Date"] ?? "", out var arrival) ? arrival : (DateTimeOffset?)null;
        EmailAddress?[] named = [.. feedback.All("Original-Rcpt-To").Take(MaxComplaints).Select(AddressIn).OfType<EmailAddress>().Distinct()];
        if (named.Length == 0) named = [AddressIn(feedback["Removal-Recipient"]) ?? AddressIn(parts.ReturnedHeader?["X-HmXmrOriginalRecipient"]) ?? AddressIn(parts.ReturnedHeader?[HeaderId.To])];
        return [.. named.Select(recipient => new MailComplained { MailId = _mailId, Recipient = recipient, OccurredAt = When(at), EventId = Identity(nameof(MailComplained), recipient, "") })];
    }

    private MailEvent? Of(ReportedRecipient recipient)
    {
        var (at, diagnostic) = (When(recipient.AttemptedAt), Diagnostic(recipient));
        var (code, enhanced) = (recipient.Reply.Code, recipient.Reply.EnhancedCode);
        return recipient.Action switch
        {
            ReportedAction.Failed => new MailBounced
            {
                MailId = _mailId,
                Recipient = recipient.Address,
                OccurredAt = at,
                EventId = Identity(nameof(MailBounced), recipient.Address, diagnostic),
                BounceKind = BounceClassifier.KindOf(recipient),
                SmtpCode = code,
                EnhancedCode = enhanced,
                Diagnostic = diagnostic,
            },
            ReportedAction.Delayed => new MailDeferred
            {
                MailId = _mailId,
                Recipient = recipient.Address,
                OccurredAt = at,
                EventId = Identity(nameof(MailDeferred), recipient.Address, diagnostic),
                SmtpCode = code,
                EnhancedCode = enhanced,
                Diagnostic = diagnostic,
            },
            ReportedAction.Delivered => new MailDelivered { MailId = _mailId, Recipient = recipient.Address, OccurredAt = at, EventId = Identity(nameof(MailDelivered), recipient.Address, "") },
            _ => null,
        };
    }

    /// <summary>Only what a server answered is passed on: around it reporters write names and subjects, which no pattern tells from other words.</summary>
    private string? Diagnostic(ReportedRecipient recipient)
    {
        if (recipient.Reply.Text.Length == 0) return null;
        string?[] words = [recipient.Address?.Address, recipient.Address?.LocalPart, parts.ReturnedHeader?[HeaderId.Subject], .. NamesOf(recipient)];
        var text = ServerText.Scrub(WordMask.Hide(recipient.Reply.Text, words.OfType<string>(), "***"));
        return text.Length == 0 ? null : text;
    }

    private IEnumerable<string> NamesOf(ReportedRecipient recipient) =>
        InternetAddressList.TryParse(parts.ReturnedHeader?[HeaderId.To] ?? "", out var to)
            ? to.Mailboxes.Take(MaxNames).Where(m => m.Address.Equals(recipient.Address?.Address, StringComparison.OrdinalIgnoreCase)).Select(static m => m.Name).OfType<string>()
            : [];

    private DateTimeOffset When(DateTimeOffset? reported)
    {
        var at = reported ?? (message.Date == default ? now : message.Date);
        return at > now ? now : at;
    }

    private static EmailAddress? AddressIn(string? text) => text is null ? null : AddressScanner.First(text, out _);

    /// <summary>The same report gives the same id (RFC 9562 §5.8), however often and by whomever it is read.</summary>
    private Guid Identity(string kind, EmailAddress? recipient, string? detail)
    {
        var told = string.Join('\n', kind, message.MessageId, message.Headers[HeaderId.Date], message.Headers[HeaderId.From], _mailId, recipient?.SmtpAddress, detail);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(told), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
