using System.Collections.ObjectModel;

namespace TransactionalMail;

/// <summary>Something that happened to a mail for one recipient. Immutable and thread-safe; collections are copied in.</summary>
/// <remarks>
/// The kinds are the sealed records of this library; what a provider reports beyond them is a <see cref="MailUnknownEvent"/>.
/// Delivery makes events of what it did; transports' webhooks and bounce readers make them of what they were told.
/// </remarks>
public abstract record MailEvent
{
    private protected MailEvent()
    {
    }

    /// <summary>Gets the identity of the event. The same event told twice has the same id.</summary>
    /// <value>The default is a new version 7 UUID (RFC 9562 §5.7).</value>
    /// <remarks>Whoever can be told the same thing twice, as webhooks are, derives the id from what it was told.</remarks>
    public Guid EventId { get; init; } = Guid.CreateVersion7();

    /// <summary>Gets the identity of the mail.</summary>
    /// <value>An empty id stands for a mail that is not known here, such as one that another system sent through the same account.</value>
    public required MailId MailId { get; init; }

    /// <summary>Gets the stream that carried the mail.</summary>
    /// <value>The default is <see langword="null"/>: not known.</value>
    public string? StreamName { get; init; }

    /// <summary>Gets the template the mail was rendered from.</summary>
    /// <value>The default is <see langword="null"/>: none, or not known.</value>
    public string? TemplateName { get; init; }

    /// <summary>Gets the transport that did or reported it.</summary>
    /// <value>The default is <see langword="null"/>: none was asked.</value>
    public string? TransportName { get; init; }

    /// <summary>Gets the provider's own id of the mail.</summary>
    /// <value>The default is <see langword="null"/>: there is none, or it is not known.</value>
    public string? ProviderMessageId { get; init; }

    /// <summary>Gets the recipient, which is personal data.</summary>
    /// <value>The default is <see langword="null"/>: the reporter does not say who.</value>
    public EmailAddress? Recipient { get; init; }

    /// <summary>Gets when it happened, by the clock of whoever saw it.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Gets the number of the attempt it belongs to, from 1.</summary>
    /// <value>The default is 0: it belongs to no attempt of ours, or the attempt is not known.</value>
    public int Attempt { get; init; }

    /// <summary>Gets the <see cref="EmailMessage.Tags"/> of the mail.</summary>
    public IReadOnlyList<string> Tags { get; init => field = Copy(value); } = [];

    /// <summary>Gets the <see cref="EmailMessage.Metadata"/> of the mail.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = Copy(value); } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Returns kind, identities and route, never the recipient or what the application attached.</summary>
    public sealed override string ToString() =>
        $"{GetType().Name} {{ EventId: {EventId}, MailId: {MailId}, Stream: {StreamName ?? "unknown"}, Transport: {TransportName ?? "none"}, Attempt: {Attempt} }}";

    private static IReadOnlyList<string> Copy(IReadOnlyList<string> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return [.. value];
    }

    private static ReadOnlyDictionary<string, string> Copy(IReadOnlyDictionary<string, string> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Count == 0 ? ReadOnlyDictionary<string, string>.Empty : new(new Dictionary<string, string>(value, StringComparer.Ordinal));
    }
}
