namespace TransactionalMail.Audit;

/// <summary>What a look through the whole audit found.</summary>
/// <param name="Seal">The seal of the last record.</param>
/// <param name="Faults">The first hundred faults, in the order of the records.</param>
public sealed record AuditVerification(AuditSeal Seal, IReadOnlyList<AuditFault> Faults)
{
    /// <summary>Gets whether no record was edited, deleted, added or moved.</summary>
    public bool IsIntact => Faults.Count == 0;
}
