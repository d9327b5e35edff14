namespace TransactionalMail;

/// <summary>The proof that a relay took over a mail, for at least one recipient.</summary>
/// <param name="Id">The mail's identity.</param>
/// <param name="MessageId">The Message-ID the recipient sees, without angle brackets, or <see langword="null"/> where the route replaces it unseen.</param>
/// <param name="Recipients">One outcome for each recipient.</param>
/// <param name="Attempts">How many times a transport was asked.</param>
/// <param name="AcceptedAt">When the library accepted the mail.</param>
public sealed record MailReceipt(MailId Id, string? MessageId, IReadOnlyList<RecipientOutcome> Recipients, int Attempts, DateTimeOffset AcceptedAt)
{
    /// <summary>Returns identity and counts, never addresses.</summary>
    public override string ToString() => $"MailReceipt {{ Id: {Id}, Recipients: {Recipients.Count}, Attempts: {Attempts} }}";
}
