using TransactionalMail.EntityFrameworkCore.Idempotency;
using TransactionalMail.Idempotency;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Takes the idempotency keys of mail that is about to be inserted, in the same transaction.</summary>
internal static class OutboxKeys
{
    /// <param name="keys">The statements.</param>
    /// <param name="session">The session, in a transaction.</param>
    /// <param name="group">The callers, no two with one key.</param>
    /// <param name="window">How long keys are remembered.</param>
    /// <param name="now">The time by this machine.</param>
    public static async ValueTask<IReadOnlyList<AddFate>> TakeAsync(KeyStatements keys, OutboxSession session, IReadOnlyList<PendingAdd> group, TimeSpan window, DateTimeOffset now)
    {
        var wanted = group.SelectMany(static p => p.Mails).Where(static m => m.Key is not null).DistinctBy(static m => m.Key, StringComparer.Ordinal)
            .ToDictionary(static m => m.Key!, m => IdempotencyClaim.OfEnqueued(m.Entry, now + window), StringComparer.Ordinal);
        if (wanted.Count == 0) return [.. group.Select(static p => new AddFate(p, [.. p.Mails.Select(static m => m.Entry.Id)], [], null))];

        var taken = await keys.TakeAsync(session, wanted.Values, now, CancellationToken.None).ConfigureAwait(false);
        foreach (var standing in await keys.FindAsync(session, [.. wanted.Keys.Where(k => !taken.Contains(k))], CancellationToken.None).ConfigureAwait(false))
        {
            wanted[standing.Key] = wanted[standing.Key] with { ContentHash = standing.ContentHash, MailId = new MailId(standing.MailId), State = standing.State };
        }

        return [.. group.Select(p => FateOf(p, wanted, taken))];
    }

    private static AddFate FateOf(PendingAdd pending, Dictionary<string, IdempotencyClaim> claims, HashSet<string> taken)
    {
        Guid[] taking = [.. pending.Keys.Where(taken.Contains).Select(k => claims[k].MailId.Value)];
        try
        {
            foreach (var mail in pending.Mails.Where(static m => m.Key is not null)) claims[mail.Key!].ThrowIfOther(mail.Entry);
            return new AddFate(pending, [.. pending.Mails.Select(m => m.Key is { } key ? claims[key].MailId : m.Entry.Id)], taking, null);
        }
        catch (IdempotencyConflictException conflict)
        {
            return new AddFate(pending, [], taking, conflict);
        }
    }
}
