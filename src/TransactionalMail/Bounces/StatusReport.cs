using MimeKit.Utils;

namespace TransactionalMail.Bounces;

/// <summary>Reads delivery status notifications (RFC 3464).</summary>
internal static class StatusReport
{
    private const int MaxRecipients = 1_000;

    public static IReadOnlyList<ReportedRecipient> Read(ReportParts parts)
    {
        var groups = parts.Status.Where(static g => g.IsAboutRecipient).Take(MaxRecipients).ToList();
        if (groups.Count == 0) return [];
        var sections = new NoticeSections(parts.Notice);
        return [.. groups.Select(group => Read(group, groups.Count, sections))];
    }

    private static ReportedRecipient Read(FieldGroup group, int count, NoticeSections sections)
    {
        // The one the mail was sent to comes first: a forwarder's own address is nothing we know.
        var recipient = Address(group["Original-Recipient"]) ?? Address(group["Final-Recipient"]);
        var final = Address(group["Final-Recipient"]);
        var section = sections.About(recipient) ?? sections.About(final) ?? (count == 1 ? sections.Whole : "");
        if (recipient is null && count == 1) recipient = sections.FirstAddress;

        var diagnostic = AfterType(group["Diagnostic-Code"]) ?? "";
        var said = ServerReply.In(diagnostic);
        var told = ServerReply.In(section);
        var status = ServerReply.In(group["Status"] ?? "").EnhancedCode;
        var enhanced = new[] { said.EnhancedCode, status, told.EnhancedCode }.FirstOrDefault(ServerReply.SaysMore) ?? said.EnhancedCode ?? status ?? told.EnhancedCode;
        var text = said.Text.Length > 0 ? said.Text : diagnostic.Length > 0 ? diagnostic : told.Text;
        return new ReportedRecipient(
            recipient,
            ActionOf(group["Action"], status),
            new ServerReply(said.Code ?? told.Code, enhanced, text),
            [text, section],
            SmtpStages.In(section) is not SmtpStage.Unknown and var stage ? stage : SmtpStages.In(diagnostic),
            DateUtils.TryParse(group["Last-Attempt-Date"] ?? "", out var at) ? at : null);
    }

    private static ReportedAction ActionOf(string? action, string? status)
    {
        var word = (action ?? "").Split([' ', ';', '('], 2)[0].ToUpperInvariant();
        return word switch
        {
            "DELAYED" => ReportedAction.Delayed,
            "DELIVERED" => ReportedAction.Delivered,
            "RELAYED" or "EXPANDED" => ReportedAction.PassedOn,
            "FAILED" => ReportedAction.Failed,
            _ => status?[0] is '2' ? ReportedAction.PassedOn : ReportedAction.Failed,
        };
    }

    /// <summary>Reads <c>rfc822; ada@example.com</c> (RFC 3464 §2.1.2), the type left out as well.</summary>
    private static EmailAddress? Address(string? field) => field is null ? null : AddressScanner.First(AfterType(field), out _);

    private static string? AfterType(string? field) => field is null ? null : field.IndexOf(';') is >= 0 and <= 40 and var end ? field[(end + 1)..].Trim() : field;
}
