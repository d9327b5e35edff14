using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using TransactionalMail.EntityFrameworkCore.Idempotency;
using TransactionalMail.Idempotency;
using TransactionalMail.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Adds mail inside a transaction of the application, which decides whether it is ever sent. Thread-safe.</summary>
internal sealed class Enlistment(OutboxDatabase database, OutboxSeal seal, DatabaseClock clock, CommitInterceptor commits, TimeSpan window, TimeProvider time)
{
    private const string Savepoint = "transactionalmail";

    /// <summary>Adds rows to the application's context, which saves them with its own.</summary>
    public async ValueTask<MailId> AddAsync(DbContext context, OutboxEntry entry, CancellationToken cancellationToken)
    {
        database.RequireSameTables(context);
        var claim = entry.Message.IdempotencyKey is null ? null : IdempotencyClaim.OfEnqueued(entry, time.GetUtcNow(), window);
        var known = claim is null ? null : await FindKeyAsync(context, claim.Key, cancellationToken).ConfigureAwait(false);
        if (known is not null && known.ExpiresAt > await clock.ReadAsync(context, time.GetUtcNow(), cancellationToken).ConfigureAwait(false))
        {
            (claim! with { ContentHash = known.ContentHash, MailId = new MailId(known.MailId), State = known.State }).ThrowIfOther(entry);
            return new MailId(known.MailId);
        }

        // Whatever may fail comes before the context has any of it: a key that is saved without its mail would stand for one that nobody sends.
        var mail = await seal.CloseAsync(entry, cancellationToken).ConfigureAwait(false);
        var due = await clock.ReadAsync(context, entry.DueAt, cancellationToken).ConfigureAwait(false);
        if (claim is not null) TakeKey(context, known, claim, await clock.ReadAsync(context, claim.ExpiresAt, cancellationToken).ConfigureAwait(false));
        context.Add(new MailOutboxEntry
        {
            Id = entry.Id.Value,
            Stream = OutboxStatements.KeyOf(entry.StreamName),
            DueAt = due,
            AcceptedAt = OutboxTime.Of(entry.AcceptedAt),
        });
        context.AddRange(mail.Contents);
        commits.Note(context, entry.StreamName);
        return entry.Id;
    }

    /// <summary>Inserts rows at once, in a transaction of the application.</summary>
    public async ValueTask<MailId> AddAsync(DbTransaction transaction, OutboxEntry entry, CancellationToken cancellationToken)
    {
        var mail = await seal.CloseAsync(entry, cancellationToken).ConfigureAwait(false);
        var session = new OutboxSession(transaction, database.Statements.Dialect);
        await using (session.ConfigureAwait(false))
        {
            try
            {
                var fate = await InsertAsync(session, transaction, mail, cancellationToken).ConfigureAwait(false);
                return fate.Failure is null ? fate.Standing[0] : throw fate.Failure;
            }
            catch (DbException failure) when (!failure.IsTransient) // which retrying execution strategies know by the driver's own exception
            {
                throw database.Explain(failure);
            }
        }
    }

    /// <summary>Inserts all of a mail or nothing: a key that stayed without its mail, in a transaction that is committed all the same, would stand for a mail that nobody sends.</summary>
    private async ValueTask<AddFate> InsertAsync(OutboxSession session, DbTransaction transaction, NewMail mail, CancellationToken cancellationToken)
    {
        if (!transaction.SupportsSavepoints) return await InsertAsync(session, mail).ConfigureAwait(false);

        await transaction.SaveAsync(Savepoint, cancellationToken).ConfigureAwait(false);
        try
        {
            var fate = await InsertAsync(session, mail).ConfigureAwait(false);
            await transaction.ReleaseAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
            return fate;
        }
        catch (DbException) when (transaction.Connection?.State is ConnectionState.Open)
        {
            await transaction.RollbackAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<AddFate> InsertAsync(OutboxSession session, NewMail mail) =>
        (await OutboxInsert.RunAsync(database.Statements, session, [new PendingAdd([mail])], window, time.GetUtcNow()).ConfigureAwait(false))[0];

    /// <summary>Finds what is known of a key, whether it is still remembered or not.</summary>
    private static async ValueTask<MailIdempotencyKey?> FindKeyAsync(DbContext context, string key, CancellationToken cancellationToken)
    {
        var known = await context.Set<MailIdempotencyKey>().FindAsync([key], cancellationToken).ConfigureAwait(false);
        if (known is null || context.Entry(known) is not { State: EntityState.Unchanged } saved) return known;

        // What the context saved may have been rolled back since, which it does not know.
        await saved.ReloadAsync(cancellationToken).ConfigureAwait(false);
        return saved.State is EntityState.Detached ? null : known;
    }

    private static void TakeKey(DbContext context, MailIdempotencyKey? known, IdempotencyClaim claim, long expiresAt)
    {
        var taken = new MailIdempotencyKey
        {
            Key = claim.Key,
            ContentHash = claim.ContentHash,
            MailId = claim.MailId.Value,
            Owner = claim.MailId.Value,
            State = IdempotencyState.Enqueued,
            ExpiresAt = expiresAt,
        };
        if (known is null) context.Add(taken);
        else context.Attach(known).CurrentValues.SetValues(taken); // attached, for a context that tracks nothing does not have it
    }
}
