using System.Data.Common;
using TransactionalMail.EntityFrameworkCore.Audit;
using TransactionalMail.EntityFrameworkCore.Idempotency;
using TransactionalMail.EntityFrameworkCore.Suppression;
using TransactionalMail.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Every statement of the outbox, in the application's names and its database's dialect. Thread-safe.</summary>
/// <remarks>
/// Leases live by the database's clock. So do due times: what is written is how far away a mail is due by the clock of whoever writes,
/// added to the database's time, so that a machine whose clock is wrong neither holds mail back nor sends it again at once.
/// </remarks>
internal sealed class OutboxStatements(OutboxTables t, KeyStatements keys, SuppressionStatements suppressions, AuditStatements audit, OutboxDialect dialect)
{
    /// <summary>A lease that ends further ahead was taken before the database's clock went back, and counts as ended.</summary>
    public static readonly TimeSpan LongestLease = TimeSpan.FromDays(1);

    private readonly string _columns = $"{t.Id}, {t.Stream}, {t.LeaseToken}, {t.DueAt}, {t.AcceptedAt}, {t.Attempts}, {t.LastFailure}, {t.IsProtected}, {t.Payload}, EXISTS (SELECT 1 FROM {t.Attachments} WHERE {t.EntryId} = {t.Entries}.{t.Id})";

    private readonly string _clock = $"clock AS MATERIALIZED (SELECT {dialect.Now} AS now)";

    // As a scalar, so that an index is searched for it.
    private readonly string _hasLapsed = $"({t.LeasedUntil} <= (SELECT now FROM clock) OR {t.LeasedUntil} > (SELECT now FROM clock) + {LongestLease.Ticks})";

    // Plus zero, so that mails are looked for by id: the index of states has every one that is leased and, until they are vacuumed, those that were.
    private readonly string _isLeased = $"{t.State} + 0 = 1";

    private string IsHeld => $"{_isLeased} AND {t.Id} = v_id AND {t.LeaseToken} = v_token";

    private readonly string _insert =
        $"INSERT INTO {t.Entries} ({t.Id}, {t.Stream}, {t.State}, {t.DueAt}, {t.AcceptedAt}, {t.Attempts}, {t.LeaseToken}, {t.LastFailure}, {t.IsProtected}, {t.Payload}) "
        + $"SELECT v_id, v_stream, 0, {dialect.Now} + v_delay, v_accepted, v_attempts, 0, v_failure, v_protected, v_payload FROM v WHERE true ON CONFLICT ({t.Id}) DO NOTHING RETURNING {t.Id}";

    public OutboxDialect Dialect => dialect;

    public KeyStatements Keys => keys;

    public SuppressionStatements Suppressions => suppressions;

    public AuditStatements Audit => audit;

    /// <summary>Inserts mails. Returns the ids of those that were not there yet.</summary>
    public async ValueTask<HashSet<Guid>> InsertAsync(OutboxSession session, IReadOnlyList<NewMail> mails, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var inserted = new HashSet<Guid>();
        var command = session.KeepCommand("insert");
        foreach (var some in mails.Chunk(dialect.RowsPerInsert))
        {
            command.CommandText = dialect.With(
                command,
                new("v_id", some.Select(static m => m.Entry.Id.Value).ToArray()),
                new("v_stream", some.Select(static m => KeyOf(m.Entry.StreamName)).ToArray()),
                new("v_delay", some.Select(m => (m.Entry.DueAt - now).Ticks).ToArray()),
                new("v_accepted", some.Select(static m => OutboxTime.Of(m.Entry.AcceptedAt)).ToArray()),
                new("v_attempts", some.Select(static m => m.Entry.Attempts).ToArray()),
                new("v_failure", some.Select(static m => StoredText.Of(m.Entry.LastFailure)).ToArray()),
                new("v_protected", some.Select(static m => m.IsProtected).ToArray()),
                new("v_payload", some.Select(static m => m.Payload).ToArray()))
                + _insert;
            inserted.UnionWith(await command.ReadAsync(static r => r.GetGuid(0), cancellationToken).ConfigureAwait(false));
        }

        return inserted;
    }

    public async ValueTask InsertAsync(OutboxSession session, IReadOnlyList<StoredContent> contents, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(
            contents,
            (command, some) => dialect.With(
                command,
                new("v_id", some.Select(static c => c.EntryId).ToArray()),
                new("v_position", some.Select(static c => c.Position).ToArray()),
                new("v_protected", some.Select(static c => c.IsProtected).ToArray()),
                new("v_content", some.Select(static c => c.Content).ToArray()))
                + $"INSERT INTO {t.Attachments} ({t.EntryId}, {t.Position}, {t.IsContentProtected}, {t.Content}) SELECT v_id, v_position, v_protected, v_content FROM v",
            [],
            cancellationToken).ConfigureAwait(false);

    /// <summary>Removes mails, not their attachments.</summary>
    public async ValueTask RemoveAsync(OutboxSession session, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) => await session.ExecuteAsync(
        ids, (command, some) => dialect.With(command, new OutboxValues("v_id", some)) + $"DELETE FROM {t.Entries} WHERE {t.Id} IN (SELECT v_id FROM v)", [], cancellationToken).ConfigureAwait(false);

    /// <summary>Leases mails that are due and those whose lease ended, whoever was due first first.</summary>
    public async ValueTask<IReadOnlyList<StoredMail>> ClaimAsync(OutboxSession session, string stream, int count, TimeSpan duration, string owner, CancellationToken cancellationToken)
    {
        var claimed = await session.ReadAsync(
            $"WITH {_clock}, "
            + $"lapsed AS (SELECT {t.Id} AS id, {t.DueAt} AS due FROM {t.Entries} WHERE {t.State} = 1 AND {t.Stream} = @stream AND {_hasLapsed} ORDER BY {t.DueAt} LIMIT @count {dialect.SkipLocked}), "
            + $"due AS (SELECT {t.Id} AS id, {t.DueAt} AS due FROM {t.Entries} WHERE {t.State} = 0 AND {t.Stream} = @stream AND {t.DueAt} <= (SELECT now FROM clock) ORDER BY {t.DueAt} LIMIT @count {dialect.SkipLocked}), "
            + "taken AS (SELECT id AS taken_id FROM (SELECT id, due FROM lapsed UNION ALL SELECT id, due FROM due) AS both_kinds ORDER BY due LIMIT @count) "
            + $"UPDATE {t.Entries} SET {t.State} = 1, {t.LeaseToken} = {t.LeaseToken} + 1, {t.LeasedUntil} = (SELECT now FROM clock) + @duration, {t.LeaseOwner} = @owner "
            + $"FROM taken WHERE {t.Id} = taken_id RETURNING {_columns}",
            [("stream", KeyOf(stream)), ("count", count), ("duration", Lasting(duration)), ("owner", owner)],
            ReadMail,
            cancellationToken).ConfigureAwait(false);
        return [.. claimed.OrderBy(static m => m.DueAt).ThenBy(static m => m.Id)];
    }

    /// <summary>Makes leases last from now. Returns those that were held.</summary>
    public ValueTask<HashSet<(Guid Id, long Token)>> RenewAsync(OutboxSession session, IReadOnlyList<OutboxLease> leases, TimeSpan duration, CancellationToken cancellationToken) =>
        ForHeldAsync(session, leases, $"UPDATE {t.Entries} SET {t.LeasedUntil} = {dialect.Now} + @duration FROM v WHERE {IsHeld}", [("duration", Lasting(duration))], cancellationToken);

    /// <summary>Removes leased mails with their attachments, or keeps them for a while. Returns the leases that were held.</summary>
    public async ValueTask<HashSet<(Guid Id, long Token)>> CompleteAsync(OutboxSession session, IReadOnlyList<OutboxLease> leases, TimeSpan keep, CancellationToken cancellationToken)
    {
        if (keep > TimeSpan.Zero)
        {
            return await ForHeldAsync(
                session,
                leases,
                $"UPDATE {t.Entries} SET {t.State} = {(short)OutboxState.Sent}, {t.LeasedUntil} = NULL, {t.LeaseOwner} = NULL, {t.DueAt} = {dialect.Now} + @keep FROM v WHERE {IsHeld}",
                [("keep", keep.Ticks)],
                cancellationToken).ConfigureAwait(false);
        }

        var held = await ForHeldAsync(
            session,
            leases,
            $"DELETE FROM {t.Entries} WHERE {_isLeased} AND ({t.Id}, {t.LeaseToken}) IN (SELECT v_id, v_token FROM v)",
            [],
            cancellationToken).ConfigureAwait(false);
        await SweepAsync(session, [.. leases.Where(l => l.Entry.Message.Attachments.Count > 0 && held.Contains((l.Entry.Id.Value, l.Token))).Select(static l => l.Entry.Id.Value)], cancellationToken).ConfigureAwait(false);
        return held;
    }

    /// <summary>Removes sent mails whose time is over. Returns how many.</summary>
    public async ValueTask<int> ForgetSentAsync(OutboxSession session, int count, CancellationToken cancellationToken)
    {
        var over = await session.ReadAsync(
            $"WITH {_clock} SELECT {t.Id} FROM {t.Entries} WHERE {t.State} = {(short)OutboxState.Sent} AND {t.DueAt} <= (SELECT now FROM clock) LIMIT @count", [("count", count)], static r => r.GetGuid(0), cancellationToken).ConfigureAwait(false);
        await RemoveAsync(session, over, cancellationToken).ConfigureAwait(false);
        await SweepAsync(session, over, cancellationToken).ConfigureAwait(false);
        return over.Count;
    }

    /// <summary>Ends leases and stores what the entries say now. Returns the leases that were held.</summary>
    public async ValueTask<HashSet<(Guid Id, long Token)>> ReleaseAsync(OutboxSession session, IReadOnlyList<(OutboxLease Lease, NewMail Mail)> releases, OutboxState state, DateTimeOffset now, CancellationToken cancellationToken) =>
        [.. await session.ReadAsync(
            releases,
            (command, some) => dialect.With(
                command,
                new("v_id", some.Select(static r => r.Lease.Entry.Id.Value).ToArray()),
                new("v_token", some.Select(static r => r.Lease.Token).ToArray()),
                new("v_delay", some.Select(r => (r.Lease.Entry.DueAt - now).Ticks).ToArray()),
                new("v_accepted", some.Select(static r => OutboxTime.Of(r.Lease.Entry.AcceptedAt)).ToArray()),
                new("v_attempts", some.Select(static r => r.Lease.Entry.Attempts).ToArray()),
                new("v_failure", some.Select(static r => StoredText.Of(r.Lease.Entry.LastFailure)).ToArray()),
                new("v_protected", some.Select(static r => r.Mail.IsProtected).ToArray()),
                new("v_payload", some.Select(static r => r.Mail.Payload).ToArray()))
                + $"UPDATE {t.Entries} SET {t.State} = {(short)state}, {t.LeasedUntil} = NULL, {t.LeaseOwner} = NULL, {t.DueAt} = {dialect.Now} + v_delay, {t.AcceptedAt} = v_accepted, "
                + $"{t.Attempts} = v_attempts, {t.LastFailure} = v_failure, {t.IsProtected} = v_protected, {t.Payload} = v_payload FROM v WHERE {IsHeld} RETURNING {t.Id}, {t.LeaseToken}",
            [],
            ReadLease,
            cancellationToken).ConfigureAwait(false)];

    /// <summary>Puts aside what is leased and cannot be read: for ever, or for a while.</summary>
    public ValueTask<int> PutAsideAsync(OutboxSession session, IReadOnlyList<UnreadableMail> mails, CancellationToken cancellationToken) => session.ExecuteAsync(
        mails,
        (command, some) => dialect.With(
            command,
            new("v_id", some.Select(static m => m.Id).ToArray()),
            new("v_token", some.Select(static m => m.Token).ToArray()),
            new("v_fate", some.Select(static m => (int)m.State).ToArray()),
            new("v_pause", some.Select(static m => m.Pause.Ticks).ToArray()),
            new("v_failure", some.Select(static m => m.Failure).ToArray()))
            + $"UPDATE {t.Entries} SET {t.State} = v_fate, {t.LeasedUntil} = NULL, {t.LeaseOwner} = NULL, {t.LastFailure} = v_failure, "
            + $"{t.DueAt} = CASE WHEN v_pause > 0 THEN {dialect.Now} + v_pause ELSE {t.DueAt} END FROM v WHERE {IsHeld}",
        [],
        cancellationToken);

    /// <summary>Returns mails with their attachments.</summary>
    public async ValueTask<IReadOnlyList<StoredMail>> WithContentsAsync(OutboxSession session, IReadOnlyList<StoredMail> mails, CancellationToken cancellationToken)
    {
        var contents = await session.ReadAsync(
            mails.Where(static m => m.HasAttachments).Select(static m => m.Id),
            (command, some) => dialect.With(command, new OutboxValues("v_id", some))
                + $"SELECT {t.EntryId}, {t.Position}, {t.IsContentProtected}, {t.Content} FROM {t.Attachments} WHERE {t.EntryId} IN (SELECT v_id FROM v)",
            [],
            static r => new StoredContent(r.GetGuid(0), r.GetInt32(1), r.GetBoolean(2), r.GetFieldValue<byte[]>(3)),
            cancellationToken).ConfigureAwait(false);
        if (contents.Count == 0) return mails;

        var byMail = contents.OrderBy(static c => c.Position).ToLookup(static c => c.EntryId);
        return [.. mails.Select(m => m with { Contents = [.. byMail[m.Id]] })];
    }

    /// <summary>Reads dead letters by due time, after the one given.</summary>
    public async ValueTask<IReadOnlyList<StoredMail>> ReadDeadAsync(OutboxSession session, long dueAfter, Guid idAfter, int count, CancellationToken cancellationToken) => await session.ReadAsync(
        $"SELECT {_columns} FROM {t.Entries} WHERE {t.State} = 2 AND ({t.DueAt}, {t.Id}) > (@due, @id) ORDER BY {t.DueAt}, {t.Id} LIMIT @count",
        [("due", dueAfter), ("id", idAfter), ("count", count)],
        ReadMail,
        cancellationToken).ConfigureAwait(false);

    /// <summary>Counts mails by stream and state, without looking at the mails themselves.</summary>
    public async ValueTask<IReadOnlyList<StoredCount>> CountAsync(OutboxSession session, CancellationToken cancellationToken) => await session.ReadAsync(
        $"WITH {_clock} SELECT {t.Stream}, {t.State}, COUNT(*), MIN({t.DueAt}), (SELECT now FROM clock) FROM {t.Entries} WHERE {t.State} IN (0, 2) GROUP BY {t.Stream}, {t.State} "
        + $"UNION ALL SELECT {t.Stream}, CASE WHEN {_hasLapsed} THEN 0 ELSE 1 END, COUNT(*), MIN({t.DueAt}), (SELECT now FROM clock) FROM {t.Entries} WHERE {t.State} = 1 GROUP BY 1, 2",
        [],
        static r => new StoredCount(r.GetString(0), (OutboxState)r.GetInt32(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4)),
        cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> RetryAsync(OutboxSession session, Guid id, DateTimeOffset now, CancellationToken cancellationToken) => await session.ExecuteAsync(
        $"UPDATE {t.Entries} SET {t.State} = 0, {t.DueAt} = {dialect.Now}, {t.AcceptedAt} = @accepted, {t.Attempts} = 0 WHERE {t.Id} = @id AND {t.State} = 2",
        [("accepted", OutboxTime.Of(now)), ("id", id)],
        cancellationToken).ConfigureAwait(false) > 0;

    public async ValueTask<IReadOnlyList<StoredMail>> FindAsync(OutboxSession session, Guid id, CancellationToken cancellationToken) =>
        await session.ReadAsync($"SELECT {_columns} FROM {t.Entries} WHERE {t.Id} = @id", [("id", id)], ReadMail, cancellationToken).ConfigureAwait(false);

    /// <summary>Makes a mail due at another time, unless somebody delivers it, has given it up, or had it in between. Returns whether it did.</summary>
    public async ValueTask<bool> PutOffAsync(OutboxSession session, StoredMail before, NewMail mail, DateTimeOffset now, CancellationToken cancellationToken) => await session.ExecuteAsync(
        $"WITH {_clock} UPDATE {t.Entries} SET {t.State} = 0, {t.LeasedUntil} = NULL, {t.LeaseOwner} = NULL, {t.DueAt} = (SELECT now FROM clock) + @delay, {t.IsProtected} = @protected, {t.Payload} = @payload "
        + $"WHERE {t.Id} = @id AND {t.LeaseToken} = @token AND ({t.State} = 0 OR ({t.State} = 1 AND {_hasLapsed}))",
        [("delay", (mail.Entry.DueAt - now).Ticks), ("protected", mail.IsProtected), ("payload", mail.Payload), ("id", before.Id), ("token", before.Token)],
        cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Removes a mail that nobody delivers. Returns whether it was there.</summary>
    public async ValueTask<bool> CancelAsync(OutboxSession session, Guid id, CancellationToken cancellationToken)
    {
        var isGone = await session.ExecuteAsync($"WITH {_clock} DELETE FROM {t.Entries} WHERE {t.Id} = @id AND ({t.State} IN (0, 2) OR ({t.State} = 1 AND {_hasLapsed}))", [("id", id)], cancellationToken).ConfigureAwait(false) > 0;
        if (!isGone) return false;

        await SweepAsync(session, [id], cancellationToken).ConfigureAwait(false);
        await keys.GiveBackAsync(session, [id], cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Two names are one stream whatever their case.</summary>
    public static string KeyOf(string streamName) => streamName.ToLowerInvariant();

    private static StoredMail ReadMail(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt32(5), row.IsDBNull(6) ? null : row.GetString(6), row.GetBoolean(7), row.GetFieldValue<byte[]>(8), row.GetBoolean(9));

    private static (Guid Id, long Token) ReadLease(DbDataReader row) => (row.GetGuid(0), row.GetInt64(1));

    private static long Lasting(TimeSpan duration) => Math.Min(duration.Ticks, LongestLease.Ticks);

    /// <summary>Changes mails that are held. Returns the leases that were.</summary>
    private async ValueTask<HashSet<(Guid Id, long Token)>> ForHeldAsync(
        OutboxSession session, IReadOnlyList<OutboxLease> leases, string change, (string Name, object Value)[] parameters, CancellationToken cancellationToken) =>
        [.. await session.ReadAsync(
            leases.DistinctBy(static l => (l.Entry.Id, l.Token)),
            (command, some) => dialect.With(command, new("v_id", some.Select(static l => l.Entry.Id.Value).ToArray()), new("v_token", some.Select(static l => l.Token).ToArray()))
                + $"{change} RETURNING {t.Id}, {t.LeaseToken}",
            parameters,
            ReadLease,
            cancellationToken).ConfigureAwait(false)];

    /// <summary>Removes attachments whose mail is gone, where the database may not have done so itself.</summary>
    private async ValueTask SweepAsync(OutboxSession session, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        if (!dialect.LeavesOrphans) return;
        await session.ExecuteAsync(
            ids, (command, some) => dialect.With(command, new OutboxValues("v_id", some)) + $"DELETE FROM {t.Attachments} WHERE {t.EntryId} IN (SELECT v_id FROM v)", [], cancellationToken).ConfigureAwait(false);
    }
}
