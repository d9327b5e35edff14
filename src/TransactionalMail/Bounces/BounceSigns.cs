using System.Buffers;
using MimeKit;

namespace TransactionalMail.Bounces;

/// <summary>Tells a bounce in words from ordinary mail: by who sent it, how, under which subject, and what it returns.</summary>
internal static class BounceSigns
{
    private const int Enough = 3;

    private static readonly string[] s_daemons = ["mailer-daemon", "postmaster", "post_master", "mail-daemon", "maildaemon", "mail.delivery.system", "mailerdaemon"];
    private static readonly SearchValues<string> s_daemonNames = SearchValues.Create(["mail delivery", "mail deliver system", "mailer-daemon", "mailer daemon", "postmaster", "system administrator"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> s_nobody = SearchValues.Create(["no-reply", "noreply", "do-not-reply", "donotreply"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> s_subjects = SearchValues.Create(
        [
            "undeliver", "undelivered", "not delivered", "non-delivery", "nondeliver", "delivery fail", "delivery has failed", "failed delivery", "failure delivery", "failure notice", "delivery failure", "delivery status",
            "delivery report", "delivery notification", "mail delivery", "delivery problem", "delivery error", "delayed mail", "returned mail", "returned to sender", "returning message", "could not be delivered", "couldn't be delivered",
            "cannot be delivered", "can't be delivered", "mail system error", "error sending your mail", "delivery delayed", "message delivery", "loop alert", "not member", "not a member", "user unknown", "unzustellbar", "non remis", "no entregado",
        ],
        StringComparison.OrdinalIgnoreCase);

    private static readonly string[] s_answers = ["Re:", "Fwd:", "FW:", "AW:", "WG:", "TR:"];

    private static readonly SearchValues<string> s_words = SearchValues.Create(
        [
            "could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered", "unable to deliver", "not able to deliver", "wasn't able to deliver", "was not delivered", "did not reach", "delivery failed",
            "delivery has failed", "could not be sent", "error delivering", "failed permanently", "has been delayed", "delivery problems", "delivery errors", "permanent error", "fatal error", "undeliverable", "transcript of session",
            "not a member of this", "returned message", "user unknown", "failure reasons", "was rejected",
        ],
        StringComparison.OrdinalIgnoreCase);

    public static bool AreIn(MimeMessage message, ReportParts parts)
    {
        if (IsReceipt(message) || AutoReply.IsPersonal(message)) return false;
        if (message.Headers.Contains("X-Failed-Recipients")) return true;

        var sender = 0;
        if (IsDaemon(message)) sender += 2;
        if ((message.Headers[HeaderId.From] ?? "").AsSpan().ContainsAny(s_nobody)) sender += 1;
        if (IsNullPath(message.Headers[HeaderId.ReturnPath])) sender += 1;
        if (IsSubject(message.Subject ?? "")) sender += 2;
        if (sender == 0) return false;

        var says = parts.Notice.AsSpan().ContainsAny(s_words) || ServerReply.In(parts.Notice).Code is >= 400 ? 1 : 0;
        return sender + says + (parts.HasReturnedMail ? 2 : 0) >= Enough;
    }

    private static bool IsReceipt(MimeMessage message) =>
        message.Body is MultipartReport report && string.Equals(report.ReportType, "disposition-notification", StringComparison.OrdinalIgnoreCase);

    private static bool IsDaemon(MimeMessage message)
    {
        if (message.Headers[HeaderId.From] is not { } from) return false;
        if (from.Trim() is "" or "<>" || from.AsSpan().ContainsAny(s_daemonNames)) return true;
        return message.From.Mailboxes.Any(static m => s_daemons.Any(name => m.Address.StartsWith(name, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>People forward bounces, and ask about them.</summary>
    private static bool IsSubject(string subject) => subject.AsSpan().ContainsAny(s_subjects) && !s_answers.Any(prefix => subject.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static bool IsNullPath(string? path) => path?.Trim() is "<>" or "" || path?.Contains("MAILER-DAEMON", StringComparison.OrdinalIgnoreCase) is true;
}
