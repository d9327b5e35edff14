using Microsoft.EntityFrameworkCore;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.Suppression;

namespace TransactionalMail.EntityFrameworkCore.Suppression;

/// <summary>Every statement about the suppression list, in the application's names and its database's dialect. Thread-safe.</summary>
internal sealed class SuppressionStatements
{
    private readonly OutboxDialect _dialect;
    private readonly string _table;
    private readonly string _key;
    private readonly string _stream;
    private readonly string _reason;
    private readonly string _since;
    private readonly string _columns;

    public SuppressionStatements(DbContext context, OutboxDialect dialect)
    {
        _dialect = dialect;
        var names = new ModelNames(context, typeof(MailSuppression));
        (_table, _key, _stream, _reason, _since) =
            (names.Table, names[nameof(MailSuppression.RecipientKey)], names[nameof(MailSuppression.Stream)], names[nameof(MailSuppression.Reason)], names[nameof(MailSuppression.Since)]);
        _columns = $"{_key}, {_stream}, {_reason}, {_since}, {names[nameof(MailSuppression.Recipient)]}, {names[nameof(MailSuppression.StreamName)]}, {names[nameof(MailSuppression.Diagnostic)]}";
    }

    /// <summary>Finds what counts for a stream.</summary>
    public async ValueTask<IReadOnlyList<StoredSuppression>> FindAsync(OutboxSession session, IReadOnlyCollection<string> keys, string stream, CancellationToken cancellationToken) => await session.ReadAsync(
        keys,
        static some => [new("v_key", some)],
        $"SELECT {_columns} FROM {_table} WHERE {_dialect.IsIn(_key, "SELECT v_key FROM v")} AND {_stream} IN ('', @stream)",
        [("stream", stream)],
        StoredSuppression.Read,
        cancellationToken).ConfigureAwait(false);

    /// <summary>Finds entries in order of their dates, after the one given.</summary>
    public async ValueTask<IReadOnlyList<StoredSuppression>> FindAsync(OutboxSession session, SuppressionFilter filter, StoredSuppression? after, int count, CancellationToken cancellationToken)
    {
        var conditions = new List<string> { "1 = 1" };
        var parameters = new List<(string, object)> { ("count", count) };
        if (filter.Recipient is { } recipient) Where($"{_key} = @key", ("key", SuppressionEntry.KeyOf(recipient)));
        if (filter.Reason is { } reason) Where($"{_reason} = @reason", ("reason", StoredSuppression.NameOf(reason)));
        if (filter.StreamName is { } streamName) Where($"{_stream} = @stream", ("stream", StoredSuppression.StreamKeyOf(streamName)));
        if (filter.Since is { } since) Where($"{_since} >= @since", ("since", OutboxTime.Of(since)));
        if (filter.Before is { } before) Where($"{_since} < @before", ("before", OutboxTime.Of(before)));
        if (after is not null)
        {
            Where(
                $"({_since}, {_key}, {_stream}, {_reason}) > (@lastSince, @lastKey, @lastStream, @lastReason)",
                ("lastSince", after.Since), ("lastKey", after.RecipientKey), ("lastStream", after.Stream), ("lastReason", after.Reason));
        }

        return await session.ReadAsync(
            $"SELECT {_columns} FROM {_table} WHERE {string.Join(" AND ", conditions)} ORDER BY {_since}, {_key}, {_stream}, {_reason} LIMIT @count",
            [.. parameters],
            StoredSuppression.Read,
            cancellationToken).ConfigureAwait(false);

        void Where(string condition, params ReadOnlySpan<(string, object)> values)
        {
            conditions.Add(condition);
            parameters.AddRange(values);
        }
    }

    /// <summary>Inserts entries, and leaves alone those that are there. Returns how many were new.</summary>
    public ValueTask<int> InsertAsync(OutboxSession session, IEnumerable<StoredSuppression> entries, CancellationToken cancellationToken)
    {
        var inOneOrder = entries.DistinctBy(static e => (e.RecipientKey, e.Stream, e.Reason)) // so that no two imports wait for each other
            .OrderBy(static e => e.RecipientKey, StringComparer.Ordinal).ThenBy(static e => e.Stream, StringComparer.Ordinal).ThenBy(static e => e.Reason, StringComparer.Ordinal);
        return session.ExecuteAsync(
            inOneOrder,
            some =>
            [
                new("v_key", some.Select(static e => e.RecipientKey).ToArray()),
                new("v_stream", some.Select(static e => e.Stream).ToArray()),
                new("v_reason", some.Select(static e => e.Reason).ToArray()),
                new("v_since", some.Select(static e => e.Since).ToArray()),
                new("v_recipient", some.Select(static e => e.Recipient).ToArray()),
                new("v_name", some.Select(static e => e.StreamName).ToArray()),
                new("v_diagnostic", some.Select(static e => e.Diagnostic).ToArray()),
            ],
            $"INSERT INTO {_table} ({_columns}) SELECT v_key, v_stream, v_reason, v_since, v_recipient, v_name, v_diagnostic FROM v WHERE true ON CONFLICT ({_key}, {_stream}, {_reason}) DO NOTHING",
            [],
            cancellationToken);
    }

    public ValueTask<int> RemoveAsync(OutboxSession session, string key, string reason, string stream, CancellationToken cancellationToken) => session.ExecuteAsync(
        $"DELETE FROM {_table} WHERE {_key} = @key AND {_stream} = @stream AND {_reason} = @reason", [("key", key), ("stream", stream), ("reason", reason)], cancellationToken);

    /// <summary>Removes every entry of a recipient. Returns how many there were.</summary>
    public ValueTask<int> ClearAsync(OutboxSession session, string key, CancellationToken cancellationToken) =>
        session.ExecuteAsync($"DELETE FROM {_table} WHERE {_key} = @key", [("key", key)], cancellationToken);
}
