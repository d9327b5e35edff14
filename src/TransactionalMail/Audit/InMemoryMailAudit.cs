namespace TransactionalMail.Audit;

/// <summary>An audit for development and tests: it lives as long as the process, and drops the oldest records when it is full.</summary>
internal sealed class InMemoryMailAudit : IMailAudit, IAuditAdmin
{
    /// <summary>How many events it holds.</summary>
    public const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly List<AuditRecord> _records = [];
    private readonly HashSet<Guid> _known = [];
    private AuditSeal _dropped = AuditSeal.Empty;

    private AuditSeal Seal => _records.Count == 0 ? _dropped : _records[^1].Seal;

    public ValueTask<IReadOnlyList<MailEvent>> AppendAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            IReadOnlyList<MailEvent> recorded = [.. events.Where(e => _known.Add(e.EventId))];
            foreach (var mailEvent in recorded) _records.Add(AuditChain.Extend(Seal, mailEvent));
            DropOldest();
            return ValueTask.FromResult(recorded);
        }
    }

    public IAsyncEnumerable<MailEvent> ReadAsync(MailId mailId, CancellationToken cancellationToken = default) =>
        FindAsync(new AuditFilter { MailId = mailId }, cancellationToken).Select(static record => record.Event);

    public IAsyncEnumerable<AuditRecord> FindAsync(AuditFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock) return _records.FindAll(record => filter.Fits(record.Event)).ToAsyncEnumerable();
    }

    public ValueTask<AuditVerification> VerifyAsync(AuditSeal? known = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var verifier = new AuditVerifier(_dropped, known);
            foreach (var record in _records) verifier.Add(record);
            return ValueTask.FromResult(verifier.Finish());
        }
    }

    public ValueTask<int> EraseAsync(EmailAddress recipient, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var mails = _records.Where(record => AuditFilter.IsSame(recipient, record.Event.Recipient)).Select(static record => record.Event.MailId).ToHashSet();
            mails.Remove(default); // of mail that is not ours nobody knows whose it is
            var erased = 0;
            for (var i = 0; i < _records.Count; i++)
            {
                var told = _records[i].Event;
                if (_records[i].IsErased || !(told.Recipient is null ? mails.Contains(told.MailId) : AuditFilter.IsSame(recipient, told.Recipient))) continue;
                _records[i] = AuditChain.Erase(_records[i]);
                erased++;
            }

            return ValueTask.FromResult(erased);
        }
    }

    /// <summary>Drops a tenth at once, so that the list is not moved for every event.</summary>
    private void DropOldest()
    {
        if (_records.Count <= Capacity) return;
        var count = _records.Count - Capacity + Capacity / 10;
        foreach (var record in _records.Take(count)) _known.Remove(record.Event.EventId);
        _dropped = _records[count - 1].Seal;
        _records.RemoveRange(0, count);
    }
}
