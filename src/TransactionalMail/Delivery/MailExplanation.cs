using System.Globalization;
using TransactionalMail.Transports;

namespace TransactionalMail;

/// <summary>What would happen to a message if it were sent now. It holds the whole mail, so it is as confidential as the mail itself.</summary>
public sealed record MailExplanation
{
    /// <summary>Gets the identity the mail was composed with.</summary>
    /// <remarks>Another one is given when it is sent: whatever derives from it, Message-ID and MIME boundaries among it, then differs, as do Date and signatures.</remarks>
    public required MailId Id { get; init; }

    /// <summary>Gets the stream that would carry it.</summary>
    public required string StreamName { get; init; }

    /// <summary>Gets the template it was rendered from, or <see langword="null"/>.</summary>
    public string? TemplateName { get; init; }

    /// <summary>Gets the message as it would be sent: From set, interceptors applied, template rendered, plain text derived.</summary>
    public required EmailMessage Message { get; init; }

    /// <summary>Gets what a relay would be told: the bounce address, and the recipients that are not suppressed, Bcc among them.</summary>
    public required MailEnvelope Envelope { get; init; }

    /// <summary>Gets why recipients would be left out: every entry of the suppression list that counts for them and the stream.</summary>
    /// <remarks>Where nobody is left in <see cref="Envelope"/>, no transport is asked, and the receipt says so; it is not a failure.</remarks>
    public required IReadOnlyList<SuppressionEntry> Suppressed { get; init; }

    /// <summary>Gets every transport of the stream, in the order they would be asked until one takes the mail.</summary>
    /// <remarks>A stream with <see cref="MailStreamOptions.Weights"/> draws the order anew for each mail; here the likeliest comes first, those of equal weight as configured.</remarks>
    public required IReadOnlyList<TransportExplanation> Transports { get; init; }

    /// <summary>Gets the exact bytes that transports of MIME would send, signed; a provider with an interface of its own makes them from <see cref="Message"/>.</summary>
    public required ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>Gets the size of <see cref="Raw"/> in bytes.</summary>
    public int Size => Raw.Length;

    /// <summary>Gets the DKIM keys that sign, by the name of their DNS record: <c>m1._domainkey.acme.example</c>.</summary>
    /// <value>Empty where no key is configured for the domain of From.</value>
    public required IReadOnlyList<string> DkimKeys { get; init; }

    /// <summary>Gets the subject.</summary>
    public string? Subject => Message.Subject;

    /// <summary>Gets the plain text.</summary>
    public string? TextBody => Message.TextBody;

    /// <summary>Gets the HTML.</summary>
    public string? HtmlBody => Message.HtmlBody;

    /// <summary>Returns stream, counts and size, never addresses or content.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"MailExplanation {{ Stream: {StreamName}, Recipients: {Envelope.Recipients.Count}, Suppressed: {Suppressed.Count}, Transports: {Transports.Count}, Size: {Size} }}");
}
