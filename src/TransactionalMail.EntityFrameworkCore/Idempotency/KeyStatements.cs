using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.Idempotency;

namespace TransactionalMail.EntityFrameworkCore.Idempotency;

/// <summary>Every statement about idempotency keys, in the application's names and its database's dialect. Thread-safe.</summary>
internal sealed class KeyStatements
{
    private readonly OutboxDialect _dialect;
    private readonly string _table;
    private readonly string _key;
    private readonly string _mail;
    private readonly string _owner;
    private readonly string _state;
    private readonly string _expires;
    private readonly string _columns;
    private readonly string _isExpired;
    private readonly string _isHeldByOwner;
    private readonly string _take;
    private readonly string _claim;
    private readonly string _settle;
    private readonly string _forget;

    public KeyStatements(DbContext context, OutboxDialect dialect)
    {
        _dialect = dialect;
        var names = new ModelNames(context, typeof(MailIdempotencyKey));
        (_table, _key, _mail, _owner, _state, _expires) =
            (names.Table, names[nameof(MailIdempotencyKey.Key)], names[nameof(MailIdempotencyKey.MailId)], names[nameof(MailIdempotencyKey.Owner)], names[nameof(MailIdempotencyKey.State)], names[nameof(MailIdempotencyKey.ExpiresAt)]);
        var (hash, held, isProtected, receipt) =
            (names[nameof(MailIdempotencyKey.ContentHash)], names[nameof(MailIdempotencyKey.HeldUntil)], names[nameof(MailIdempotencyKey.IsProtected)], names[nameof(MailIdempotencyKey.Receipt)]);
        _columns = $"{_key}, {hash}, {_mail}, {_owner}, {_state}, {isProtected}, {receipt}";
        _isExpired = $"k.{_expires} <= {dialect.Now}";
        _isHeldByOwner = $"{_key} = @key AND {_owner} = @owner AND {_state} = {Number(IdempotencyState.Held)}";
        var replace = $"{hash} = CASE WHEN {_isExpired} THEN excluded.{hash} ELSE k.{hash} END, {_mail} = CASE WHEN {_isExpired} THEN excluded.{_mail} ELSE k.{_mail} END, "
            + $"{_owner} = excluded.{_owner}, {_state} = excluded.{_state}, {held} = excluded.{held}, {_expires} = excluded.{_expires}, {isProtected} = excluded.{isProtected}, {receipt} = excluded.{receipt}";
        var into = $"INSERT INTO {_table} AS k ({_key}, {hash}, {_mail}, {_owner}, {_state}, {held}, {_expires}, {isProtected}, {receipt}) ";
        _take = into + $"SELECT v_key, v_hash, v_mail, v_mail, {Number(IdempotencyState.Enqueued)}, 0, {dialect.Now} + v_window, {dialect.False}, NULL FROM v WHERE true "
            + $"ON CONFLICT ({_key}) DO UPDATE SET {replace} WHERE {_isExpired} RETURNING {_key}";

        // Whoever held it and says nothing more, or holds it beyond any reason since the clock went back, loses it to the same content.
        var isLeft = $"(k.{held} <= {dialect.Now} OR k.{held} > {dialect.Now} + {OutboxStatements.LongestLease.Ticks})";
        _claim = into + $"VALUES (@key, @hash, @mail, @owner, {Number(IdempotencyState.Held)}, {dialect.Now} + @hold, {dialect.Now} + @window, {dialect.False}, NULL) "
            + $"ON CONFLICT ({_key}) DO UPDATE SET {replace} WHERE {_isExpired} OR (k.{_state} = {Number(IdempotencyState.Held)} AND (k.{_owner} = excluded.{_owner} OR ({isLeft} AND k.{hash} = excluded.{hash}))) RETURNING {_columns}";
        _settle = $"UPDATE {_table} SET {_state} = {Number(IdempotencyState.Settled)}, {isProtected} = @protected, {receipt} = @receipt WHERE {_isHeldByOwner}";

        var isOver = $"{_expires} <= (SELECT now FROM clock)";
        _forget = $"WITH {dialect.Clock} DELETE FROM {_table} WHERE {dialect.IsIn(_key, $"SELECT {_key} FROM {_table} WHERE {isOver} LIMIT @count")} AND {isOver}";
    }

    /// <summary>Takes keys for mails that are enqueued. Returns those that were free; where another transaction is taking one, it waits for the end of that.</summary>
    public async ValueTask<HashSet<string>> TakeAsync(OutboxSession session, IReadOnlyCollection<IdempotencyClaim> claims, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var taken = await session.ReadAsync(
            claims.OrderBy(static c => c.Key, StringComparer.Ordinal), // in one order, so that no two wait for each other
            some =>
            [
                new("v_key", some.Select(static c => c.Key).ToArray()),
                new("v_hash", some.Select(static c => c.ContentHash).ToArray()),
                new("v_mail", some.Select(static c => c.MailId.Value).ToArray()),
                new("v_window", some.Select(c => (c.ExpiresAt - now).Ticks).ToArray()),
            ],
            _take,
            [],
            static r => r.GetString(0),
            cancellationToken).ConfigureAwait(false);
        return taken.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Reads what is known of keys.</summary>
    public async ValueTask<IReadOnlyList<StoredKey>> FindAsync(OutboxSession session, IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => await session.ReadAsync(
        keys, static some => [new("v_key", some)], $"SELECT {_columns} FROM {_table} WHERE {_dialect.IsIn(_key, "SELECT v_key FROM v")}", [], Read, cancellationToken).ConfigureAwait(false);

    /// <summary>Gives back the keys of mails that are not enqueued after all.</summary>
    public async ValueTask GiveBackAsync(OutboxSession session, IReadOnlyCollection<Guid> mails, CancellationToken cancellationToken) => await session.ExecuteAsync(
        mails,
        static some => [new("v_mail", some)],
        $"DELETE FROM {_table} WHERE {_state} = {Number(IdempotencyState.Enqueued)} AND {_dialect.IsIn(_mail, "SELECT v_mail FROM v")}",
        [],
        cancellationToken).ConfigureAwait(false);

    /// <summary>Claims a key for a mail that is sent now. Returns the claim where it is the caller's, else <see langword="null"/>.</summary>
    public async ValueTask<StoredKey?> ClaimAsync(OutboxSession session, IdempotencyClaim claim, TimeSpan hold, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var claimed = await session.ReadAsync(
            _claim,
            [("key", claim.Key), ("hash", claim.ContentHash), ("mail", claim.MailId.Value), ("owner", claim.Owner), ("hold", hold.Ticks), ("window", (claim.ExpiresAt - now).Ticks)],
            Read,
            cancellationToken).ConfigureAwait(false);
        return claimed.SingleOrDefault();
    }

    public async ValueTask SettleAsync(OutboxSession session, IdempotencyClaim claim, bool isProtected, byte[] receipt, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(_settle, [("key", claim.Key), ("owner", claim.Owner), ("protected", isProtected), ("receipt", receipt)], cancellationToken).ConfigureAwait(false);

    public async ValueTask ReleaseAsync(OutboxSession session, IdempotencyClaim claim, CancellationToken cancellationToken) =>
        await session.ExecuteAsync($"DELETE FROM {_table} WHERE {_isHeldByOwner}", [("key", claim.Key), ("owner", claim.Owner)], cancellationToken).ConfigureAwait(false);

    /// <summary>Forgets some of the keys that have expired, and are not taken anew meanwhile. Returns how many.</summary>
    public ValueTask<int> ForgetExpiredAsync(OutboxSession session, int count, CancellationToken cancellationToken) => session.ExecuteAsync(_forget, [("count", count)], cancellationToken);

    private static short Number(IdempotencyState state) => (short)state;

    private static StoredKey Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetGuid(2), row.GetGuid(3), (IdempotencyState)row.GetInt16(4), row.GetBoolean(5), row.IsDBNull(6) ? null : row.GetFieldValue<byte[]>(6));
}
