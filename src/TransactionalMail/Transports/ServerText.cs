using System.Text.RegularExpressions;

namespace TransactionalMail.Transports;

/// <summary>Makes what a server said fit for receipts, errors and logs.</summary>
/// <remarks>For adapter authors: pass every piece of foreign text through here before it reaches an exception or a receipt.</remarks>
public static partial class ServerText
{
    private const string Mask = "***";
    private const string AnyAddress = "a@b";
    private const int MaxLength = 200;

    /// <summary>More than this is not looked at; what is kept is far shorter.</summary>
    private const int MaxRead = 1_000;

    /// <summary>Returns the text on one line of at most 200 characters, with addresses and the given secrets masked.</summary>
    /// <param name="text">The server's words.</param>
    /// <param name="secrets">Values that must not appear, whole, in any case or encoded; empty ones are ignored.</param>
    /// <remarks>Where a mail is under way, use the overload that knows it: no pattern tells a display name or a subject from other words.</remarks>
    public static string Scrub(string? text, params ReadOnlySpan<string?> secrets) => Clean(text, [.. secrets], null);

    /// <summary>Returns the text on one line of at most 200 characters, with the given secrets masked, and whom the mail is for and what it says.</summary>
    /// <param name="text">The server's words.</param>
    /// <param name="mail">The mail it speaks of.</param>
    /// <param name="secrets">Values that must not appear, whole, in any case or encoded; empty ones are ignored.</param>
    public static string Scrub(string? text, OutboundMail mail, params ReadOnlySpan<string?> secrets)
    {
        ArgumentNullException.ThrowIfNull(mail);
        return Clean(text, [.. secrets], mail.Message);
    }

    private static string Clean(string? text, List<string?> secrets, EmailMessage? message)
    {
        if (string.IsNullOrEmpty(text)) return "";

        text = EncodedWord().Replace(Head(text), Mask);
        text = WordMask.HideSecrets(text, secrets.OfType<string>(), Mask);
        if (message is not null)
        {
            text = WordMask.Hide(text, AddressesIn(message).OfType<string>(), AnyAddress);
            text = WordMask.Hide(text, WordsIn(message).OfType<string>(), Mask);
            text = WordMask.HideQuotes(text, ContentOf(message).OfType<string>(), Mask);
        }

        text = Address().Replace(text, "<address>");
        text = Unprintable().Replace(text, " ").Trim();
        return text.Length <= MaxLength ? text : string.Concat(text.AsSpan(0, MaxLength - 1), "…");
    }

    /// <summary>Returns the beginning, without the word that the cut goes through: half a secret is not recognised.</summary>
    private static string Head(string text)
    {
        if (text.Length <= MaxRead) return text;
        var end = text.AsSpan(0, MaxRead).LastIndexOfAny(" \t\r\n");
        return text[..(end < 0 ? MaxRead : end)];
    }

    private static IEnumerable<EmailAddress> PeopleIn(EmailMessage message) => message.To.Concat(message.Cc).Concat(message.Bcc).Concat(message.ReplyTo);

    private static IEnumerable<string?> AddressesIn(EmailMessage message) =>
        PeopleIn(message).Append(message.EnvelopeSender).SelectMany(static a => new[] { a?.Address, a?.SmtpAddress });

    // The sender's own domain is not personal, and refusals of a sender are about it.
    private static IEnumerable<string?> WordsIn(EmailMessage message) =>
    [
        .. PeopleIn(message).SelectMany(static a => new[] { a.LocalPart, a.DisplayName }),
        .. PeopleIn(message).Where(a => !string.Equals(a.AsciiDomain, message.From?.AsciiDomain, StringComparison.Ordinal)).SelectMany(static a => new[] { a.Domain, a.AsciiDomain }),
        message.EnvelopeSender?.LocalPart,
        message.Subject,
        .. message.Tags,
        .. message.Metadata.Values,
        .. message.Attachments.Select(static a => a.FileName),
    ];

    private static IEnumerable<string?> ContentOf(EmailMessage message) =>
    [
        message.TextBody,
        message.HtmlBody,
        message.Subject,
        .. message.Tags,
        .. message.Metadata.Values,
        .. message.Headers.Values,
        .. message.Attachments.SelectMany(static a => new[] { a.FileName, a.ContentId }),
        .. PeopleIn(message).Select(static a => a.DisplayName),
    ];

    // A match begins at the beginning of a word only; tried at every letter, a long word would take quadratic time.
    [GeneratedRegex("""<?(?<![^\s<>"(),:;@])[^\s<>"(),:;@]+@[^\s<>"(),;@]+>?""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    /// <summary>RFC 2047: a subject or a name, as a relay found it in the header.</summary>
    [GeneratedRegex(@"=\?[^?\s]{1,40}\?[bBqQ]\?[^?\s]*(\?=)?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EncodedWord();

    [GeneratedRegex(@"[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unprintable();
}
