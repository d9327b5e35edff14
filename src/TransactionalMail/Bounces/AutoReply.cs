using System.Buffers;
using MimeKit;

namespace TransactionalMail.Bounces;

/// <summary>Knows the answers that machines give for people (RFC 3834).</summary>
internal static class AutoReply
{
    private static readonly string[] s_fields = ["X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "X-Apple-Unsubscribe"];
    private static readonly string[] s_precedences = ["auto_reply", "auto-reply"];
    private static readonly SearchValues<string> s_subjects = SearchValues.Create(
        ["out of office", "out of the office", "automatic reply", "auto reply", "auto-reply", "autoreply", "auto response", "autoresponse", "on vacation", "abwesenheit", "automatische antwort", "réponse automatique", "respuesta automática", "risposta automatica", "自動返信"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns whether a message that is no bounce was written by a machine.</summary>
    public static bool Is(MimeMessage message) =>
        IsPersonal(message)
        || message.Headers[HeaderId.AutoSubmitted] is { } submitted && !submitted.Trim().StartsWith("no", StringComparison.OrdinalIgnoreCase)
        || message.Body is MultipartReport report && string.Equals(report.ReportType, "disposition-notification", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns whether it says that somebody is away or will answer later, so that it is no bounce however it was sent.</summary>
    public static bool IsPersonal(MimeMessage message) =>
        s_fields.Any(message.Headers.Contains)
        || s_precedences.Contains(message.Headers[HeaderId.Precedence]?.Trim(), StringComparer.OrdinalIgnoreCase)
        || (message.Subject ?? "").AsSpan().ContainsAny(s_subjects);
}
