using System.Collections.ObjectModel;

namespace TransactionalMail;

/// <summary>A message as its author writes it. Immutable and thread-safe; collections are copied in.</summary>
/// <remarks>
/// It is validated whole when it is sent or enqueued, before anything leaves the process; see <see cref="EmailValidationException"/>.
/// Recipients named more than once, in one field or several, get the mail once.
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
    public IReadOnlyList<EmailAddress> To { get; init => field = [.. value]; } = [];

    /// <summary>Gets the recipients of a copy.</summary>
    public IReadOnlyList<EmailAddress> Cc { get; init => field = [.. value]; } = [];

    /// <summary>Gets the recipients of a copy that nobody else sees; they are never written into the mail.</summary>
    public IReadOnlyList<EmailAddress> Bcc { get; init => field = [.. value]; } = [];

    /// <summary>Gets the addresses that answers go to.</summary>
    /// <value>The default is none: answers go to <see cref="From"/>.</value>
    public IReadOnlyList<EmailAddress> ReplyTo { get; init => field = [.. value]; } = [];

    /// <summary>Gets the subject.</summary>
    /// <value>The default is the template's subject, else an empty one. A subject given here wins over the template's.</value>
    public string? Subject { get; init; }

    /// <summary>Gets the plain text. Excludes <see cref="Template"/>.</summary>
    /// <value>The default is derived from <see cref="HtmlBody"/>, where there is one.</value>
    public string? TextBody { get; init; }

    /// <summary>Gets the HTML. Excludes <see cref="Template"/>.</summary>
    public string? HtmlBody { get; init; }

    /// <summary>Gets the template that gives subject and bodies, with its model.</summary>
    public EmailTemplate? Template { get; init; }

    /// <summary>Gets the attachments and inline images, in order.</summary>
    public IReadOnlyList<EmailAttachment> Attachments { get; init => field = [.. value]; } = [];

    /// <summary>Gets the labels to find and count the mail by, with us and at the provider.</summary>
    /// <remarks>On transports without tags of their own they are <c>X-Tag</c> headers, which recipients can read.</remarks>
    public IReadOnlyList<string> Tags { get; init => field = [.. value]; } = [];

    /// <summary>Gets additional header fields (RFC 5322 §3.6.8). Fields the library writes itself are refused.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init => field = Copy(value); } = s_none;

    /// <summary>Gets data of the application that comes back with every event of this mail.</summary>
    /// <remarks>Not for secrets: on transports without metadata of their own it is <c>X-Metadata-</c> headers, which recipients can read.</remarks>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = Copy(value); } = s_none;

    /// <summary>Gets settings that only one provider knows, keyed <c>provider:name</c>; providers ignore those of others.</summary>
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

    /// <summary>Gets the key under which a repeated call counts as the same mail.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Gets the earliest time to send the mail.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Gets the time after which the mail is worthless and is no longer tried, a one-time code's expiry for instance.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Returns counts and names, never addresses or content.</summary>
    public override string ToString() =>
        $"EmailMessage {{ To: {To.Count}, Cc: {Cc.Count}, Bcc: {Bcc.Count}, Template: {Template?.Name ?? "none"}, Attachments: {Attachments.Count}, Stream: {StreamName ?? "default"} }}";

    private static ReadOnlyDictionary<string, string> Copy(IReadOnlyDictionary<string, string> pairs) =>
        pairs.Count == 0 ? s_none : new(new Dictionary<string, string>(pairs, StringComparer.Ordinal));
}
