using MimeKit;
using TransactionalMail.Transports;

namespace TransactionalMail.Mime;

/// <summary>Chooses the fields a signature covers (RFC 6376 §5.4).</summary>
internal static class DkimFields
{
    // Named once more than they occur, so that a field added later breaks the signature (RFC 6376 §8.15).
    private static readonly string[] s_sealed =
    [
        "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post",
    ];

    // Covered where present. Relays may add them, and they consume X- fields, so only our own of those is covered.
    private static readonly string[] s_covered = ["List-Id", "Feedback-ID", "Auto-Submitted", MimeComposer.IdField];

    // Providers that take MIME replace or add these, which would break a signature.
    private static string[] Replaceable(DkimScope scope) => scope switch
    {
        DkimScope.WithoutDateAndMessageId => ["Date", "Message-ID"],
        DkimScope.WithoutSender => ["Sender"],
        _ => [],
    };

    /// <summary>Returns the names for <c>h=</c>, repeated as often as they count.</summary>
    public static List<string> For(MimeMessage message, DkimScope scope)
    {
        var names = new List<string>();
        foreach (var name in s_sealed.Except(Replaceable(scope), StringComparer.Ordinal)) names.AddRange(Enumerable.Repeat(name, Count(message, name) + 1));
        foreach (var name in s_covered) names.AddRange(Enumerable.Repeat(name, Count(message, name)));
        return names;
    }

    private static int Count(MimeMessage message, string name)
    {
        var fields = name.StartsWith("Content-", StringComparison.Ordinal) ? message.Body?.Headers : message.Headers;
        return fields?.Count(field => field.Field.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? 0;
    }
}
