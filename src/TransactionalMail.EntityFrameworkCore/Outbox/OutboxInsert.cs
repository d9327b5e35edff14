using TransactionalMail.EntityFrameworkCore.Idempotency;
using TransactionalMail.Idempotency;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Inserts mail together with the idempotency keys it takes.</summary>
internal static class OutboxInsert
{
    /// <summary>Inserts everybody's mail that no key keeps out. Returns everybody's fate, to be told when it is durable; of those who fail nothing stays.</summary>
    /// <param name="statements">The statements.</param>
    /// <param name="session">The session, in a transaction.</param>
    /// <param name="group">The callers, no two with one key.</param>
    /// <param name="window">How long keys are remembered.</param>
    /// <param name="now">The time by this machine.</param>
    public static async ValueTask<IReadOnlyList<AddFate>> RunAsync(OutboxStatements statements, OutboxSession session, IReadOnlyList<PendingAdd> group, TimeSpan window, DateTimeOffset now)
    {
        var fates = await TakeKeysAsync(statements.Keys, session, group, window, now).ConfigureAwait(false);
        var inserted = await statements.InsertAsync(session, [.. fates.SelectMany(static f => f.New)], now, CancellationToken.None).ConfigureAwait(false);
        foreach (var fate in fates) fate.Check(inserted);

        Guid[] undone = [.. fates.Where(static f => f.Failure is not null).SelectMany(static f => f.New).Select(static m => m.Entry.Id.Value).Where(inserted.Contains)];
        await statements.RemoveAsync(session, undone, CancellationToken.None).ConfigureAwait(false);
        await statements.Keys.GiveBackAsync(session, [.. fates.Where(static f => f.Failure is not null).SelectMany(static f => f.Taken)], CancellationToken.None).ConfigureAwait(false);
        await statements.Contents.InsertAsync(session, fates.Where(static f => f.Failure is null).SelectMany(static f => f.New).SelectMany(static m => m.Contents), CancellationToken.None).ConfigureAwait(false);
        return fates;
    }

    private static async ValueTask<IReadOnlyList<AddFate>> TakeKeysAsync(KeyStatements keys, OutboxSession session, IReadOnlyList<PendingAdd> group, TimeSpan window, DateTimeOffset now)
    {
        var wanted = group.SelectMany(static p => p.Mails).Where(static m => m.Key is not null).DistinctBy(static m => m.Key, StringComparer.Ordinal)
            .ToDictionary(static m => m.Key!, m => IdempotencyClaim.OfEnqueued(m.Entry, now, window), StringComparer.Ordinal);
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
