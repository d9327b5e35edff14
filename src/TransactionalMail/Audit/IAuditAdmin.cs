namespace TransactionalMail.Audit;

/// <summary>What people do with an audit: ask it, prove it, and erase a person from it. Thread-safe.</summary>
public interface IAuditAdmin
{
    /// <summary>Finds records, in the order of recording.</summary>
    IAsyncEnumerable<AuditRecord> FindAsync(AuditFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Looks through the whole audit for records that were edited, deleted, added or moved.</summary>
    /// <param name="known">A seal that was written down earlier. Without one, an audit rewritten or cut off at its end as a whole looks intact.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    ValueTask<AuditVerification> VerifyAsync(AuditSeal? known = null, CancellationToken cancellationToken = default);

    /// <summary>Erases the personal data of a recipient (GDPR article 17): the address, the metadata, what servers said, the addresses of links.</summary>
    /// <param name="recipient">Whom to erase.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>How many records were erased: those that name the recipient, in whatever case, and those of the same mails that name nobody.</returns>
    /// <remarks>That something happened to a mail stays, and the chain holds. Tags and names of templates stay; put no personal data in there.</remarks>
    ValueTask<int> EraseAsync(EmailAddress recipient, CancellationToken cancellationToken = default);
}
