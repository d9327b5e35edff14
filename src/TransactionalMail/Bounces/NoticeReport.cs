using System.Buffers;
using MimeKit;

namespace TransactionalMail.Bounces;

/// <summary>Reads bounces that are written in words only.</summary>
internal static class NoticeReport
{
    private const int MaxFailedRecipients = 100;

    private static readonly SearchValues<string> s_delay = SearchValues.Create(
        ["(delay)", "has been delayed", "is delayed", "warning only", "warning message only", "still being retried", "will be retried", "will continue trying", "temporary failure report", "not yet been delivered", "do not need to resend"],
        StringComparison.OrdinalIgnoreCase);

    public static IReadOnlyList<ReportedRecipient> Read(MimeMessage message, ReportParts parts)
    {
        var notice = parts.Notice;
        var subject = message.Subject ?? "";
        var action = notice.AsSpan().ContainsAny(s_delay) || subject.AsSpan().ContainsAny(s_delay) ? ReportedAction.Delayed : ReportedAction.Failed;
        var sections = new NoticeSections(notice, [.. Ours(message)]);
        List<(EmailAddress? Address, string Text)> recipients = [.. Named(message, sections)];
        if (recipients.Count == 0) recipients.AddRange(sections.All.Select(static s => ((EmailAddress?)s.Address, s.Text)));
        if (recipients.Count == 0) recipients.Add((RecipientOf(parts), notice));
        return [.. recipients.Select(r => Read(r.Address, r.Text, action, notice, subject))];
    }

    private static ReportedRecipient Read(EmailAddress? address, string section, ReportedAction action, string notice, string subject)
    {
        var reply = ServerReply.In(section);
        var stage = SmtpStages.In(section);
        if (reply == ServerReply.None) reply = ServerReply.In(notice);
        return new ReportedRecipient(address, action, reply, [reply.Text, section, notice, subject], stage is SmtpStage.Unknown ? SmtpStages.In(notice) : stage);
    }

    /// <summary>Exim and those after it name the recipients in a field.</summary>
    private static IEnumerable<(EmailAddress? Address, string Text)> Named(MimeMessage message, NoticeSections sections) =>
        message.Headers.Where(static h => h.Field.Equals("X-Failed-Recipients", StringComparison.OrdinalIgnoreCase))
            .SelectMany(static h => h.Value.Split(',', MaxFailedRecipients))
            .Select(static value => AddressScanner.First(value, out _))
            .OfType<EmailAddress>()
            .Distinct()
            .Take(MaxFailedRecipients)
            .Select(address => ((EmailAddress?)address, sections.About(address) ?? sections.Whole));

    private static IEnumerable<EmailAddress> Ours(MimeMessage message)
    {
        foreach (var mailbox in message.To.Mailboxes.Take(MaxFailedRecipients))
        {
            if (EmailAddress.TryParse(mailbox.Address, out var address)) yield return address;
        }
    }

    private static EmailAddress? RecipientOf(ReportParts parts)
    {
        var to = parts.ReturnedHeader?[HeaderId.To] ?? FieldGroup.Read(parts.Returned).Select(static g => g["To"]).FirstOrDefault(static v => v is not null);
        return to is null ? null : AddressScanner.First(to, out _);
    }
}
