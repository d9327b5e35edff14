namespace TransactionalMail.Transports;

/// <summary>What a relay or provider answered.</summary>
/// <param name="Recipients">One outcome for each recipient of the envelope.</param>
/// <param name="MessageId">The Message-ID the recipient will see, without angle brackets, or <see langword="null"/> where the route replaces it unseen.</param>
public sealed record TransportReceipt(IReadOnlyList<RecipientOutcome> Recipients, string? MessageId)
{
    /// <summary>Makes the receipt of a mail that was accepted for all its recipients with its Message-ID kept.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="transportName">The transport's name.</param>
    /// <param name="providerMessageId">The provider's own id, or <see langword="null"/>.</param>
    /// <param name="diagnostic">The relay's answer, scrubbed, or <see langword="null"/>.</param>
    public static TransportReceipt Accepted(OutboundMail mail, string transportName, string? providerMessageId = null, string? diagnostic = null)
    {
        ArgumentNullException.ThrowIfNull(mail);
        return new TransportReceipt(
            [.. mail.Envelope.Recipients.Select(r => new RecipientOutcome(r, RecipientStatus.Accepted, transportName, providerMessageId, diagnostic))],
            mail.MessageId);
    }

    /// <summary>Returns the number of recipients, never addresses.</summary>
    public override string ToString() => $"TransportReceipt {{ Recipients: {Recipients.Count} }}";
}
