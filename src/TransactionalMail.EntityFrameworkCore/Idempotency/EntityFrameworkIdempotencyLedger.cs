using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.Idempotency;

namespace TransactionalMail.EntityFrameworkCore.Idempotency;

/// <summary>A ledger in the application's own database, shared with any number of processes. Thread-safe.</summary>
internal sealed class EntityFrameworkIdempotencyLedger(OutboxDatabase database, OutboxSeal seal, TimeProvider time) : IIdempotencyLedger
{
    public async ValueTask<IdempotencyClaim> ClaimAsync(IdempotencyClaim claim, TimeSpan hold, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        while (true)
        {
            var (held, standing) = await database.WriteAsync(session => ClaimAsync(session, claim, hold, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (held is not null) return ClaimOf(held, claim, IdempotencyState.Held);
            if (standing is not null) return ClaimOf(standing, claim, standing.State is IdempotencyState.Held ? IdempotencyState.Busy : standing.State);

            // Given back between the two statements: it is free.
        }
    }

    public async ValueTask SettleAsync(IdempotencyClaim claim, MailReceipt receipt, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        ArgumentNullException.ThrowIfNull(receipt);
        var (isProtected, bytes) = seal.Close(StoredReceipt.Write(receipt));
        await database.WriteAsync(
            async session =>
            {
                await database.Statements.Keys.SettleAsync(session, claim, isProtected, bytes, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask ReleaseAsync(IdempotencyClaim claim, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        await database.WriteAsync(
            async session =>
            {
                await database.Statements.Keys.ReleaseAsync(session, claim, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets what has expired, some at a time, so that nobody waits long.</summary>
    public ValueTask ForgetExpiredAsync(CancellationToken cancellationToken) =>
        database.PurgeAsync((session, count) => database.Statements.Keys.ForgetExpiredAsync(session, count, cancellationToken), cancellationToken);

    private async ValueTask<(StoredKey? Held, StoredKey? Standing)> ClaimAsync(OutboxSession session, IdempotencyClaim claim, TimeSpan hold, CancellationToken cancellationToken)
    {
        var keys = database.Statements.Keys;
        if (await keys.ClaimAsync(session, claim, hold, time.GetUtcNow(), cancellationToken).ConfigureAwait(false) is { } held) return (held, null);
        return (null, (await keys.FindAsync(session, [claim.Key], cancellationToken).ConfigureAwait(false)).SingleOrDefault());
    }

    private IdempotencyClaim ClaimOf(StoredKey stored, IdempotencyClaim asked, IdempotencyState state) => asked with
    {
        ContentHash = stored.ContentHash,
        MailId = new MailId(stored.MailId),
        Owner = stored.Owner,
        State = state,
        Receipt = stored.Receipt is null ? null : StoredReceipt.Read(seal.Open(stored.IsProtected, stored.Receipt)),
    };
}
