using System.Collections.ObjectModel;

namespace TransactionalMail;

/// <summary>A message as its author writes it. Immutable and thread-safe; collections are copied in.</summary>
/// <remarks>
/// <para>
/// It is validated whole when it is sent or enqueued, before anything leaves the process, and once more when its template is
/// rendered; an <see cref="EmailValidationException"/> lists every problem. At least one recipient is needed; those named more than
/// once, in one field or several, get the mail once. Empty subjects and bodies, or attachments alone, are fine.
/// </para>
/// <para>
/// Every text except the bodies stands on one line: line breaks, other control characters (tabs too), the separators U+2028 and
/// U+2029, and lone surrogates are refused, never repaired, because something meant otherwise. Other Unicode is welcome and encoded.
/// </para>
/// </remarks>
public sealed record EmailMessage
{
    private static readonly ReadOnlyDictionary<string, string> s_none = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Gets the author (RFC 5322 §3.6.2).</summary>
    /// <value>The default is the stream's <c>From</c>, else the application's.</value>
    public EmailAddress? From { get; init; }

    /// <summary>Gets the address bounces return to (MAIL FROM, RFC 5321 §4.1.1.2).</summary>
    /// <value>The default is the address of <see cref="From"/>.</value>
    public EmailAddress? EnvelopeSender { get; init; }

    /// <summary>Gets the primary recipients.</summary>
    public IReadOnlyList<EmailAddress> To { get; init => field = Copy(value); } = [];

    /// <summary>Gets the recipients of a copy.</summary>
    public IReadOnlyList<EmailAddress> Cc { get; init => field = Copy(value); } = [];

    /// <summary>Gets the recipients of a copy that nobody else sees; they are never written into the mail.</summary>
    public IReadOnlyList<EmailAddress> Bcc { get; init => field = Copy(value); } = [];

    /// <summary>Gets the addresses that answers go to.</summary>
    /// <value>The default is none: answers go to <see cref="From"/>.</value>
    public IReadOnlyList<EmailAddress> ReplyTo { get; init => field = Copy(value); } = [];

    /// <summary>Gets the subject.</summary>
    /// <value>The default is the template's subject, else an empty one. A subject given here wins over the template's.</value>
    public string? Subject { get; init; }

    /// <summary>Gets the plain text. Excludes <see cref="Template"/>.</summary>
    /// <value>The default is derived from <see cref="HtmlBody"/>, where there is one.</value>
    /// <remarks>Line breaks of any kind and tabs are fine; other C0 control characters and lone surrogates are refused.</remarks>
    public string? TextBody { get; init; }

    /// <summary>Gets the HTML. Excludes <see cref="Template"/>.</summary>
    /// <remarks>
    /// Sent as it is; what comes from users must be encoded or cleaned first. It shows an attachment by its content id:
    /// <c>&lt;img src="cid:logo"&gt;</c>. Control characters are judged as in <see cref="TextBody"/>.
    /// </remarks>
    public string? HtmlBody { get; init; }

    /// <summary>Gets the template that gives subject and bodies, with its model. Excludes <see cref="TextBody"/> and <see cref="HtmlBody"/>.</summary>
    /// <remarks>Its name consists of letters, digits, hyphens, underscores and inner dots, with slashes between folders; it is relative and holds no <c>..</c>.</remarks>
    public EmailTemplate? Template { get; init; }

    /// <summary>Gets the attachments and inline images, in order. No two share a content id.</summary>
    public IReadOnlyList<EmailAttachment> Attachments { get; init => field = Copy(value); } = [];

    /// <summary>Gets the labels to find and count the mail by, with us and at the provider.</summary>
    /// <remarks>None is blank. On transports without tags of their own they are <c>X-Tag</c> headers, which recipients can read.</remarks>
    public IReadOnlyList<string> Tags { get; init => field = Copy(value); } = [];

    /// <summary>Gets additional header fields (RFC 5322 §3.6.8), unfolded and unencoded.</summary>
    /// <remarks>
    /// <para>
    /// Names are up to 76 printable ASCII characters without a colon and differ in more than case; values have up to 8,192
    /// characters. Refused are fields with a property of their own and those that the library or relays write: <c>From</c>,
    /// <c>Subject</c>, <c>Date</c>, <c>Message-ID</c>, <c>Content-*</c>, <c>DKIM-Signature</c>, <c>Received</c> and the like.
    /// </para>
    /// <para>
    /// <c>In-Reply-To</c> and <c>References</c> hold message ids in angle brackets (RFC 5322 §3.6.4). <c>List-Unsubscribe</c> and its
    /// siblings hold https, http or mailto addresses in angle brackets (RFC 2369) without comments. <c>List-Unsubscribe-Post</c> is
    /// <c>List-Unsubscribe=One-Click</c> and needs an https <c>List-Unsubscribe</c> (RFC 8058). These and
    /// other fields of tokens and addresses (<c>List-ID</c>, <c>Auto-Submitted</c>, <c>Precedence</c>, <c>Feedback-ID</c> and the like)
    /// are ASCII, with a space at least every 900 characters to fold at. The rest is free text.
    /// </para>
    /// </remarks>
    public IReadOnlyDictionary<string, string> Headers { get; init => field = Copy(value); } = s_none;

    /// <summary>Gets data of the application that comes back with every event of this mail.</summary>
    /// <remarks>Keys are up to 64 ASCII letters, digits, hyphens, underscores and dots, and differ in more than case. Not for secrets: on transports without metadata of their own it is <c>X-Metadata-</c> headers, which recipients can read.</remarks>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = Copy(value); } = s_none;

    /// <summary>Gets settings that only one provider knows, keyed <c>provider:name</c> in ASCII; providers ignore those of others.</summary>
    public IReadOnlyDictionary<string, string> ProviderOptions { get; init => field = Copy(value); } = s_none;

    /// <summary>Gets whether the provider reports when the mail is opened.</summary>
    /// <value>The default, <see langword="null"/>, leaves it to the provider's setting.</value>
    public bool? TrackOpens { get; init; }

    /// <summary>Gets whether the provider reports when a link is followed.</summary>
    /// <value>The default, <see langword="null"/>, leaves it to the provider's setting.</value>
    public bool? TrackClicks { get; init; }

    /// <summary>Gets the stream that carries the mail.</summary>
    /// <value>The default is the mailer's stream.</value>
    public string? StreamName { get; init; }

    /// <summary>Gets the key under which a repeated call is the same mail: 1 to 255 characters, such as <c>order-1042-confirmation</c>.</summary>
    /// <value>The default is <see langword="null"/>: every call is a mail of its own.</value>
    /// <remarks>
    /// <para>
    /// The first call sends or enqueues; later ones with the same content return its receipt or its id, on every transport. Calls at the same
    /// time wait for the first. Other content under the same key is an <see cref="IdempotencyConflictException"/>; what counts is what the
    /// application wrote, without <see cref="NotBefore"/> and <see cref="NotAfter"/>. A mail that certainly did not go out gives its key back;
    /// one that may have gone out is sent again by the next call, under the same identity.
    /// </para>
    /// <para>
    /// Keys are remembered for <see cref="TransactionalMailOptions.IdempotencyWindow"/>, in memory unless an <see cref="Idempotency.IIdempotencyLedger"/> keeps them.
    /// </para>
    /// </remarks>
    public string? IdempotencyKey { get; init; }

    /// <summary>Gets the earliest time to send the mail.</summary>
    /// <value>The default is <see langword="null"/>: now.</value>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Gets the time after which the mail is worthless and is no longer tried, a one-time code's expiry for instance; later than <see cref="NotBefore"/>.</summary>
    /// <value>The default is <see langword="null"/>: it is tried as long as its stream tries.</value>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Returns counts and names, never addresses or content.</summary>
    public override string ToString() =>
        $"EmailMessage {{ To: {To.Count}, Cc: {Cc.Count}, Bcc: {Bcc.Count}, Template: {Template?.Name ?? "none"}, Attachments: {Attachments.Count}, Stream: {StreamName ?? "default"} }}";

    /// <summary>Returns whom the envelope names: To, Cc and Bcc in this order, each address once.</summary>
    internal IReadOnlyList<EmailAddress> GetEnvelopeRecipients() => [.. To.Concat(Cc).Concat(Bcc).Distinct()];

    private static IReadOnlyList<T> Copy<T>(IReadOnlyList<T> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return [.. value];
    }

    private static ReadOnlyDictionary<string, string> Copy(IReadOnlyDictionary<string, string> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Count == 0 ? s_none : new(new Dictionary<string, string>(value, StringComparer.Ordinal));
    }
}
