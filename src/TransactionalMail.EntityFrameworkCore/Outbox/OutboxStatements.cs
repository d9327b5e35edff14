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
internal sealed class OutboxStatements(OutboxTables t, ContentStatements contents, KeyStatements keys, SuppressionStatements suppressions, AuditStatements audit, OutboxDialect dialect)
{
    /// <summary>A lease that ends further ahead was taken before the database's clock went back, and counts as ended.</summary>
    public static readonly TimeSpan LongestLease = TimeSpan.FromDays(1);

    private readonly string[] _columns = [t.Id, t.Stream, t.State, t.LeaseToken, t.DueAt, t.AcceptedAt, t.Attempts, t.LastFailure];

    private readonly string _hasLapsed = $"({t.LeasedUntil} <= (SELECT now FROM clock) OR {t.LeasedUntil} > (SELECT now FROM clock) + {LongestLease.Ticks})";

    // Plus zero, so that mails are looked for by id: the index of states has every one that is leased and, until they are vacuumed, those that were.
    private readonly string _isLeased = $"{t.State} + 0 = 1";

    // "IS TRUE" keeps PostgreSQL from making a join of it, which it expects to be short and does row by row: it searches a hash table.
    private string IsHeld => $"{IsOneOfThem} AND {_isLeased} AND (({t.Id}, {t.LeaseToken}) IN (SELECT v_id, v_token FROM v)) IS TRUE";

    // With its row of v beside it.
    private string IsHeldWithValues => $"{IsOneOfThem} AND {_isLeased} AND {t.Id} = v_id AND {t.LeaseToken} = v_token";

    private string IsOneOfThem => dialect.IsIn(t.Id, "SELECT v_id FROM v");

    public OutboxDialect Dialect => dialect;

    public ContentStatements Contents => contents;

    public KeyStatements Keys => keys;

    public SuppressionStatements Suppressions => suppressions;

    public AuditStatements Audit => audit;

    /// <summary>Inserts mails without what they hold. Returns the ids of those that were not there yet.</summary>
    public async ValueTask<HashSet<Guid>> InsertAsync(OutboxSession session, IReadOnlyList<NewMail> mails, DateTimeOffset now, CancellationToken cancellationToken) =>
        [.. await session.ReadAsync(
            mails,
            some =>
            [
                new("v_id", some.Select(static m => m.Entry.Id.Value).ToArray()),
                new("v_stream", some.Select(static m => KeyOf(m.Entry.StreamName)).ToArray()),
                new("v_delay", some.Select(m => (m.Entry.DueAt - now).Ticks).ToArray()),
                new("v_accepted", some.Select(static m => OutboxTime.Of(m.Entry.AcceptedAt)).ToArray()),
                new("v_attempts", some.Select(static m => m.Entry.Attempts).ToArray()),
                new("v_failure", some.Select(static m => StoredText.Of(m.Entry.LastFailure)).ToArray()),
            ],
            $"INSERT INTO {t.Entries} ({t.Id}, {t.Stream}, {t.State}, {t.DueAt}, {t.AcceptedAt}, {t.Attempts}, {t.LeaseToken}, {t.LastFailure}) "
                + $"SELECT v_id, v_stream, 0, {dialect.Now} + v_delay, v_accepted, v_attempts, 0, v_failure FROM v WHERE true ON CONFLICT ({t.Id}) DO NOTHING RETURNING {t.Id}",
            [],
            static r => r.GetGuid(0),
            cancellationToken).ConfigureAwait(false)];

    /// <summary>Removes mails, whatever their state.</summary>
    public async ValueTask RemoveAsync(OutboxSession session, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(ids, static some => [new("v_id", some)], $"DELETE FROM {t.Entries} WHERE {IsOneOfThem}", [], cancellationToken).ConfigureAwait(false);
        await contents.RemoveAsync(session, ids, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Leases mails that are due and those whose lease ended, whoever was due first first: fewer than there are where they are large.</summary>
    public async ValueTask<IReadOnlyList<StoredMail>> ClaimAsync(OutboxSession session, string stream, int count, TimeSpan duration, string owner, CancellationToken cancellationToken)
    {
        var mails = await session.ReadAsync(
            $"WITH {dialect.Clock}, "
            + $"lapsed AS (SELECT {t.Id} AS id, {t.DueAt} AS due FROM {t.Entries} WHERE {t.State} = 1 AND {t.Stream} = @stream AND {_hasLapsed} ORDER BY {t.DueAt} LIMIT @count {dialect.SkipLocked}), "
            + $"due AS (SELECT {t.Id} AS id, {t.DueAt} AS due FROM {t.Entries} WHERE {t.State} = 0 AND {t.Stream} = @stream AND {t.DueAt} <= (SELECT now FROM clock) ORDER BY {t.DueAt} LIMIT @count {dialect.SkipLocked}), "
            + "taken AS (SELECT id AS taken_id FROM (SELECT id, due FROM lapsed UNION ALL SELECT id, due FROM due) AS both_kinds ORDER BY due LIMIT @count) "
            + $"UPDATE {t.Entries} SET {t.State} = 1, {t.LeaseToken} = {t.LeaseToken} % {long.MaxValue} + 1, {t.LeasedUntil} = (SELECT now FROM clock) + @duration, {t.LeaseOwner} = @owner "
            + $"WHERE {dialect.IsIn(t.Id, "SELECT taken_id FROM taken")} RETURNING {string.Join(", ", _columns)}, {dialect.Now}",
            [("stream", KeyOf(stream)), ("count", count), ("duration", Lasting(duration)), ("owner", owner)],
            ReadMail,
            cancellationToken).ConfigureAwait(false);
        var (held, left) = await contents.ReadAsync(session, mails.Select(static m => m.Id), cancellationToken).ConfigureAwait(false);
        await session.ExecuteAsync(
            left, static some => [new("v_id", some)], $"UPDATE {t.Entries} SET {t.State} = 0, {t.LeasedUntil} = NULL, {t.LeaseOwner} = NULL WHERE {IsOneOfThem}", [], cancellationToken).ConfigureAwait(false);
        return Gather(mails.Where(m => !left.Contains(m.Id)), held);
    }

    /// <summary>Makes leases last from now, but those of mails that are being marked this moment: waiting for marks, which wait for others, would be a deadlock. Returns the leases that are held.</summary>
    public async ValueTask<HashSet<(Guid Id, long Token)>> RenewAsync(OutboxSession session, IReadOnlyList<OutboxLease> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        var free = dialect.IsIn(t.Id, $"SELECT {t.Id} FROM {t.Entries} WHERE {IsOneOfThem} {dialect.SkipLocked}");
        var held = await ForHeldAsync(
            session, leases, $"UPDATE {t.Entries} SET {t.LeasedUntil} = {dialect.Now} + @duration WHERE {free} AND {IsHeld} RETURNING {t.Id}, {t.LeaseToken}", [("duration", Lasting(duration))], cancellationToken).ConfigureAwait(false);
        OutboxLease[] others = [.. leases.Where(l => !held.Contains((l.Entry.Id.Value, l.Token)))];
        held.UnionWith(await ForHeldAsync(session, others, $"SELECT {t.Id}, {t.LeaseToken} FROM {t.Entries} WHERE {IsHeld}", [], cancellationToken).ConfigureAwait(false));
        return held;
    }

    /// <summary>Removes leased mails, or keeps them for a while. Returns the leases that were held.</summary>
    public async ValueTask<HashSet<(Guid Id, long Token)>> CompleteAsync(OutboxSession session, IReadOnlyList<OutboxLease> leases, TimeSpan keep, CancellationToken cancellationToken)
    {
        if (keep > TimeSpan.Zero)
        {
            return await ForHeldAsync(
                session,
                leases,
                $"UPDATE {t.Entries} SET {t.State} = {(short)OutboxState.Sent}, {t.LeasedUntil} = NULL, {t.LeaseOwner} = NULL, {t.DueAt} = {dialect.Now} + @keep WHERE {IsHeld} RETURNING {t.Id}, {t.LeaseToken}",
                [("keep", keep.Ticks)],
                cancellationToken).ConfigureAwait(false);
        }

        var held = await ForHeldAsync(session, leases, $"DELETE FROM {t.Entries} WHERE {IsHeld} RETURNING {t.Id}, {t.LeaseToken}", [], cancellationToken).ConfigureAwait(false);
        await contents.RemoveAsync(session, held.Select(static h => h.Id), cancellationToken).ConfigureAwait(false);
        return held;
    }

    /// <summary>Removes sent mails whose time is over. Returns how many.</summary>
    public async ValueTask<int> ForgetSentAsync(OutboxSession session, int count, CancellationToken cancellationToken)
    {
        var over = await session.ReadAsync(
            $"WITH {dialect.Clock} SELECT {t.Id} FROM {t.Entries} WHERE {t.State} = {(short)OutboxState.Sent} AND {t.DueAt} <= (SELECT now FROM clock) LIMIT @count", [("count", count)], static r => r.GetGuid(0), cancellationToken).ConfigureAwait(false);
        await RemoveAsync(session, over, cancellationToken).ConfigureAwait(false);
        return over.Count;
    }

    /// <summary>Ends leases and stores what the entries say now. Returns the leases that were held.</summary>
    public async ValueTask<HashSet<(Guid Id, long Token)>> ReleaseAsync(OutboxSession session, IReadOnlyList<(OutboxLease Lease, MailOutboxContent Payload)> releases, OutboxState state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        HashSet<(Guid Id, long Token)> held = [.. await session.ReadAsync(
            releases,
            some =>
            [
                new("v_id", some.Select(static r => r.Lease.Entry.Id.Value).ToArray()),
                new("v_token", some.Select(static r => r.Lease.Token).ToArray()),
                new("v_delay", some.Select(r => (r.Lease.Entry.DueAt - now).Ticks).ToArray()),
                new("v_accepted", some.Select(static r => OutboxTime.Of(r.Lease.Entry.AcceptedAt)).ToArray()),
                new("v_attempts", some.Select(static r => r.Lease.Entry.Attempts).ToArray()),
                new("v_failure", some.Select(static r => StoredText.Of(r.Lease.Entry.LastFailure)).ToArray()),
            ],
            $"UPDATE {t.Entries} SET {t.State} = {(short)state}, {t.LeasedUntil} = NULL, {t.LeaseOwner} = NULL, {t.DueAt} = {dialect.Now} + v_delay, {t.AcceptedAt} = v_accepted, "
                + $"{t.Attempts} = v_attempts, {t.LastFailure} = v_failure FROM v WHERE {IsHeldWithValues} RETURNING {t.Id}, {t.LeaseToken}",
            [],
            ReadLease,
            cancellationToken).ConfigureAwait(false)];
        await contents.ReplaceAsync(session, [.. releases.Where(r => held.Contains((r.Lease.Entry.Id.Value, r.Lease.Token))).Select(static r => r.Payload)], cancellationToken).ConfigureAwait(false);
        return held;
    }

    /// <summary>Puts aside what is leased and cannot be read: for ever, or for a while.</summary>
    public ValueTask<int> PutAsideAsync(OutboxSession session, IReadOnlyList<UnreadableMail> mails, CancellationToken cancellationToken) => session.ExecuteAsync(
        mails,
        some =>
        [
            new("v_id", some.Select(static m => m.Id).ToArray()),
            new("v_token", some.Select(static m => m.Token).ToArray()),
            new("v_fate", some.Select(static m => (int)m.State).ToArray()),
            new("v_pause", some.Select(static m => m.Pause.Ticks).ToArray()),
            new("v_failure", some.Select(static m => m.Failure).ToArray()),
        ],
        $"UPDATE {t.Entries} SET {t.State} = v_fate, {t.LeasedUntil} = NULL, {t.LeaseOwner} = NULL, {t.LastFailure} = v_failure, "
            + $"{t.DueAt} = CASE WHEN v_pause > 0 THEN {dialect.Now} + v_pause ELSE {t.DueAt} END FROM v WHERE {IsHeldWithValues}",
        [],
        cancellationToken);

    /// <summary>Reads dead letters by due time, after the one given.</summary>
    public ValueTask<StoredMail[]> ReadDeadAsync(OutboxSession session, long dueAfter, Guid idAfter, int count, CancellationToken cancellationToken) => ReadAsync(
        session,
        $"{t.State} = {(short)OutboxState.Dead} AND ({t.DueAt}, {t.Id}) > (@due, @id) ORDER BY {t.DueAt}, {t.Id} LIMIT @count",
        [("due", dueAfter), ("id", idAfter), ("count", count)],
        cancellationToken);

    /// <summary>Counts mails by stream and state, without looking at the mails themselves.</summary>
    public async ValueTask<IReadOnlyList<StoredCount>> CountAsync(OutboxSession session, CancellationToken cancellationToken) => await session.ReadAsync(
        $"WITH {dialect.Clock} SELECT {t.Stream}, {t.State}, COUNT(*), MIN({t.DueAt}), (SELECT now FROM clock) FROM {t.Entries} WHERE {t.State} IN (0, 2) GROUP BY {t.Stream}, {t.State} "
        + $"UNION ALL SELECT {t.Stream}, CASE WHEN {_hasLapsed} THEN 0 ELSE 1 END, COUNT(*), MIN({t.DueAt}), (SELECT now FROM clock) FROM {t.Entries} WHERE {t.State} = 1 GROUP BY 1, 2",
        [],
        static r => new StoredCount(r.GetString(0), (OutboxState)r.GetInt32(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4)),
        cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> RetryAsync(OutboxSession session, Guid id, DateTimeOffset now, CancellationToken cancellationToken) => await session.ExecuteAsync(
        $"UPDATE {t.Entries} SET {t.State} = 0, {t.DueAt} = {dialect.Now}, {t.AcceptedAt} = @accepted, {t.Attempts} = 0 WHERE {t.Id} = @id AND {t.State} = 2",
        [("accepted", OutboxTime.Of(now)), ("id", id)],
        cancellationToken).ConfigureAwait(false) > 0;

    public async ValueTask<StoredMail?> FindAsync(OutboxSession session, Guid id, CancellationToken cancellationToken) =>
        (await ReadAsync(session, $"{t.Id} = @id", [("id", id)], cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>Makes a mail due at another time, unless somebody delivers it, has given it up, or had it in between. Returns whether it did.</summary>
    public async ValueTask<bool> PutOffAsync(OutboxSession session, StoredMail before, OutboxEntry later, MailOutboxContent payload, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // While neither state nor token changes, nobody changes the payload, of which this one was made.
        var isPutOff = await session.ExecuteAsync(
            $"WITH {dialect.Clock} UPDATE {t.Entries} SET {t.State} = 0, {t.LeasedUntil} = NULL, {t.LeaseOwner} = NULL, {t.DueAt} = (SELECT now FROM clock) + @delay "
            + $"WHERE {t.Id} = @id AND {t.LeaseToken} = @token AND {t.State} = @state AND ({t.State} = 0 OR ({t.State} = 1 AND {_hasLapsed}))",
            [("delay", (later.DueAt - now).Ticks), ("id", before.Id), ("token", before.Token), ("state", (short)before.State)],
            cancellationToken).ConfigureAwait(false) > 0;
        if (isPutOff) await contents.ReplaceAsync(session, [payload], cancellationToken).ConfigureAwait(false);
        return isPutOff;
    }

    /// <summary>Removes a mail that nobody delivers. Returns whether it was there.</summary>
    public async ValueTask<bool> CancelAsync(OutboxSession session, Guid id, CancellationToken cancellationToken)
    {
        var isGone = await session.ExecuteAsync($"WITH {dialect.Clock} DELETE FROM {t.Entries} WHERE {t.Id} = @id AND ({t.State} IN (0, 2) OR ({t.State} = 1 AND {_hasLapsed}))", [("id", id)], cancellationToken).ConfigureAwait(false) > 0;
        if (!isGone) return false;

        await contents.RemoveAsync(session, [id], cancellationToken).ConfigureAwait(false);
        await keys.GiveBackAsync(session, [id], cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Two names are one stream whatever their case.</summary>
    public static string KeyOf(string streamName) => streamName.ToLowerInvariant();

    /// <summary>Reads mails with what they hold, in one statement: between two of them a mail might go.</summary>
    private async ValueTask<StoredMail[]> ReadAsync(OutboxSession session, string condition, (string Name, object Value)[] parameters, CancellationToken cancellationToken)
    {
        string[] columns = [.. _columns.Select(static c => "mails_." + c), dialect.Now, .. contents.Columns.Select(static c => "contents_." + c)];
        var rows = await session.ReadAsync(
            $"SELECT {string.Join(", ", columns)} FROM (SELECT {string.Join(", ", _columns)} FROM {t.Entries} WHERE {condition}) AS mails_ LEFT JOIN {t.Contents} AS contents_ ON contents_.{t.EntryId} = mails_.{t.Id}",
            parameters,
            r => (Mail: ReadMail(r), Content: r.IsDBNull(_columns.Length + 1) ? null : ContentStatements.Read(r, _columns.Length + 1)),
            cancellationToken).ConfigureAwait(false);
        return Gather(rows.Select(static r => r.Mail).DistinctBy(static m => m.Id), rows.Select(static r => r.Content).OfType<MailOutboxContent>());
    }

    /// <remarks>SQLite keeps whatever it is given, in columns of any type: no value may make a claim fail, for the next one would, too.</remarks>
    private static StoredMail ReadMail(DbDataReader row) => new(
        ReadId(row), row.GetString(1), (OutboxState)row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), (int)Math.Clamp(row.GetInt64(6), 0, int.MaxValue), row.IsDBNull(7) ? null : row.GetString(7), row.GetInt64(8));

    /// <summary>Reads an id; that of no mail where it is none.</summary>
    private static Guid ReadId(DbDataReader row)
    {
        try
        {
            return row.GetGuid(0);
        }
        catch (FormatException)
        {
            return Guid.Empty;
        }
    }

    /// <summary>Returns mails with what they hold, in the order in which they are due.</summary>
    private static StoredMail[] Gather(IEnumerable<StoredMail> mails, IEnumerable<MailOutboxContent> held)
    {
        var byMail = held.OrderBy(static c => c.Position).ToLookup(static c => c.EntryId);
        return [.. mails.Select(m => m with { Contents = [.. byMail[m.Id]] }).OrderBy(static m => m.DueAt).ThenBy(static m => m.Id)];
    }

    private static (Guid Id, long Token) ReadLease(DbDataReader row) => (row.GetGuid(0), row.GetInt64(1));

    private static long Lasting(TimeSpan duration) => Math.Min(duration.Ticks, LongestLease.Ticks);

    /// <summary>Runs a statement about mails that are held, which returns their leases.</summary>
    private static async ValueTask<HashSet<(Guid Id, long Token)>> ForHeldAsync(
        OutboxSession session, IReadOnlyList<OutboxLease> leases, string sql, (string Name, object Value)[] parameters, CancellationToken cancellationToken) =>
        [.. await session.ReadAsync(
            leases.DistinctBy(static l => (l.Entry.Id, l.Token)),
            static some => [new("v_id", some.Select(static l => l.Entry.Id.Value).ToArray()), new("v_token", some.Select(static l => l.Token).ToArray())],
            sql,
            parameters,
            ReadLease,
            cancellationToken).ConfigureAwait(false)];
}
