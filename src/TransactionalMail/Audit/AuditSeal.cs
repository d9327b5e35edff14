namespace TransactionalMail.Audit;

/// <summary>A place in the audit, and the hash of everything up to there.</summary>
/// <param name="Number">The number of the last record it covers.</param>
/// <param name="Hash">That record's <see cref="AuditRecord.Hash"/>.</param>
/// <remarks>
/// Write it down where who can change the audit cannot, from time to time, and hand it to <see cref="IAuditAdmin.VerifyAsync"/> later:
/// whoever rewrites a record can rewrite all that follow, but not what was written down.
/// </remarks>
public sealed record AuditSeal(long Number, string Hash)
{
    /// <summary>Gets the seal of an audit that holds nothing yet.</summary>
    public static AuditSeal Empty { get; } = new(0, new string('0', 64));
}
