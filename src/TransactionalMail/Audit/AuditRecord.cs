namespace TransactionalMail.Audit;

/// <summary>An event as the audit holds it, chained to the one before. Immutable; made by <see cref="AuditChain"/>.</summary>
/// <param name="Number">Its place, from 1 without gaps.</param>
/// <param name="Event">The event; after an erasure, without personal data.</param>
/// <param name="Salt">What <paramref name="PersonalHash"/> was made with; <see langword="null"/> after an erasure, so that nobody can guess what stood there.</param>
/// <param name="PersonalHash">The SHA-256 of the event's personal data, in hexadecimal.</param>
/// <param name="Hash">The SHA-256 of everything else and of the <see cref="Hash"/> before, in hexadecimal.</param>
public sealed record AuditRecord(long Number, MailEvent Event, string? Salt, string PersonalHash, string Hash)
{
    /// <summary>Gets whether the personal data was erased.</summary>
    public bool IsErased => Salt is null;

    /// <summary>Gets the seal of the audit up to this record.</summary>
    public AuditSeal Seal => new(Number, Hash);

    /// <summary>Returns the number and the event's kind and identities, nothing personal.</summary>
    public override string ToString() => $"AuditRecord {{ Number: {Number}, Event: {Event} }}";
}
