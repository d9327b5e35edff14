namespace TransactionalMail.Audit;

/// <summary>Looks through the records of an audit, one after the other. For authors of <see cref="IAuditAdmin"/>s; for one thread at a time.</summary>
public sealed class AuditVerifier
{
    private const int MostFaults = 100;

    private readonly List<AuditFault> _faults = [];
    private readonly AuditSeal? _known;
    private AuditSeal _last;

    /// <summary>Begins to look.</summary>
    /// <param name="start">The seal of what is no longer kept; <see cref="AuditSeal.Empty"/> where everything is.</param>
    /// <param name="known">A seal that was written down; one older than <paramref name="start"/> says nothing any more.</param>
    public AuditVerifier(AuditSeal start, AuditSeal? known = null)
    {
        ArgumentNullException.ThrowIfNull(start);
        _known = known;
        _last = start;
        Compare(start);
    }

    /// <summary>Looks at the next record.</summary>
    public void Add(AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Number > _last.Number + 1) Fault(record.Number, "Records before it are missing.");
        else if (record.Number <= _last.Number) Fault(record.Number, "It stands in the wrong place, or twice.");
        else if (!Same(EventHash.OfRecord(record, _last.Hash), record.Hash)) Fault(record.Number, "It was changed, or the one before was exchanged.");

        if (record.Salt is { } salt && !Same(EventHash.OfPersonalData(record.Event, salt), record.PersonalHash)) Fault(record.Number, "Its personal data was changed.");
        if (record.IsErased && !HoldsNothingPersonal(record.Event)) Fault(record.Number, "It holds personal data although that was erased.");
        Compare(record.Seal);
        _last = record.Seal;
    }

    /// <summary>Says what was found, after the last record.</summary>
    public AuditVerification Finish()
    {
        if (_known?.Number > _last.Number) Fault(_last.Number + 1, "Records from here on are missing.");
        return new AuditVerification(_last, [.. _faults]);
    }

    private static bool HoldsNothingPersonal(MailEvent mailEvent) =>
        Same(EventHash.OfPersonalData(mailEvent, ""), EventHash.OfPersonalData(AuditChain.WithoutPersonalData(mailEvent), ""));

    private static bool Same(string hash, string other) => string.Equals(hash, other, StringComparison.Ordinal);

    private void Compare(AuditSeal seal)
    {
        if (seal.Number == _known?.Number && !Same(seal.Hash, _known.Hash)) Fault(seal.Number, "It is not the one the seal was written down for.");
    }

    private void Fault(long number, string problem)
    {
        if (_faults.Count < MostFaults) _faults.Add(new AuditFault(number, problem));
    }
}
