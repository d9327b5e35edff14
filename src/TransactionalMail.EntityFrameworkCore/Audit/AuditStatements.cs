using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using TransactionalMail.Audit;
using TransactionalMail.EntityFrameworkCore.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Audit;

/// <summary>Every statement about the audit, in the application's names and its database's dialect. Thread-safe.</summary>
internal sealed class AuditStatements
{
    private readonly OutboxDialect _dialect;
    private readonly string _table;
    private readonly string _number;
    private readonly string _eventId;
    private readonly string _mail;
    private readonly string _occurred;
    private readonly string _template;
    private readonly string _tags;
    private readonly string _recipient;
    private readonly string _hash;
    private readonly string _columns;
    private readonly string _spellings;
    private readonly string _erase;

    public AuditStatements(DbContext context, OutboxDialect dialect)
    {
        _dialect = dialect;
        var names = new ModelNames(context, typeof(MailAuditRecord));
        (_table, _number, _eventId, _mail, _occurred) =
            (names.Table, names[nameof(MailAuditRecord.Number)], names[nameof(MailAuditRecord.EventId)], names[nameof(MailAuditRecord.MailId)], names[nameof(MailAuditRecord.OccurredAt)]);
        (_template, _tags, _recipient, _hash) =
            (names[nameof(MailAuditRecord.TemplateName)], names[nameof(MailAuditRecord.Tags)], names[nameof(MailAuditRecord.Recipient)], names[nameof(MailAuditRecord.Hash)]);
        var (personal, salt) = (names[nameof(MailAuditRecord.PersonalData)], names[nameof(MailAuditRecord.Salt)]);
        _columns = $"{_number}, {_eventId}, {_mail}, {_occurred}, {_template}, {_tags}, {_recipient}, {names[nameof(MailAuditRecord.Event)]}, {personal}, {salt}, {names[nameof(MailAuditRecord.PersonalHash)]}, {_hash}";
        var named = $"SELECT {_mail} FROM {_table} WHERE {_mail} <> @none AND {_recipient} IN";
        _spellings = $"SELECT {_recipient} FROM {_table} WHERE {_recipient} IN (@recipient, @lower) OR {_mail} IN ({named} (@recipient, @lower))";
        _erase = $"UPDATE {_table} SET {_recipient} = NULL, {personal} = NULL, {salt} = NULL WHERE {salt} IS NOT NULL "
            + $"AND ({_recipient} IN (SELECT v_recipient FROM v) OR ({_recipient} IS NULL AND {_mail} IN ({named} (SELECT v_recipient FROM v))))";
    }

    /// <summary>Waits until nobody else extends the chain; until the transaction ends, nobody else will.</summary>
    public async ValueTask LockAsync(OutboxSession session, CancellationToken cancellationToken)
    {
        if (_dialect.LockUntilCommit(_table) is { } sql) await session.ExecuteAsync(sql, [], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the end of the chain.</summary>
    public async ValueTask<AuditSeal> ReadSealAsync(OutboxSession session, CancellationToken cancellationToken)
    {
        var last = await session.ReadAsync(
            $"SELECT {_number}, {_hash} FROM {_table} ORDER BY {_number} DESC LIMIT 1", [], static r => new AuditSeal(r.GetInt64(0), r.GetString(1)), cancellationToken).ConfigureAwait(false);
        return last.SingleOrDefault() ?? AuditSeal.Empty;
    }

    /// <summary>Finds which events are recorded, and with what hash.</summary>
    public async ValueTask<Dictionary<Guid, string>> FindKnownAsync(OutboxSession session, IReadOnlyCollection<Guid> eventIds, CancellationToken cancellationToken)
    {
        var known = await session.ReadAsync(
            eventIds,
            static some => [new("v_event", some)],
            $"SELECT {_eventId}, {_hash} FROM {_table} WHERE {_dialect.IsIn(_eventId, "SELECT v_event FROM v")}",
            [],
            static r => (EventId: r.GetGuid(0), Hash: r.GetString(1)),
            cancellationToken).ConfigureAwait(false);
        return known.ToDictionary(static k => k.EventId, static k => k.Hash);
    }

    public ValueTask<int> InsertAsync(OutboxSession session, IReadOnlyList<AuditRecord> records, CancellationToken cancellationToken) => session.ExecuteAsync(
        records,
        some =>
        [
            new("v_number", some.Select(static r => r.Number).ToArray()),
            new("v_event", some.Select(static r => r.Event.EventId).ToArray()),
            new("v_mail", some.Select(static r => r.Event.MailId.Value).ToArray()),
            new("v_occurred", some.Select(static r => OutboxTime.Of(r.Event.OccurredAt)).ToArray()),
            new("v_template", some.Select(static r => StoredText.Of(r.Event.TemplateName)).ToArray()),
            new("v_tags", some.Select(static r => StoredRecord.TagsOf(r.Event)).ToArray()),
            new("v_recipient", some.Select(static r => r.Event.Recipient?.SmtpAddress).ToArray()),
            new("v_says", some.Select(static r => StoredEvent.Write(r.Event)).ToArray()),
            new("v_personal", some.Select(static r => StoredPersonalData.Write(r.Event)).ToArray()),
            new("v_salt", some.Select(static r => r.Salt).ToArray()),
            new("v_personal_hash", some.Select(static r => r.PersonalHash).ToArray()),
            new("v_hash", some.Select(static r => r.Hash).ToArray()),
        ],
        $"INSERT INTO {_table} ({_columns}) SELECT v_number, v_event, v_mail, v_occurred, v_template, v_tags, v_recipient, v_says, v_personal, v_salt, v_personal_hash, v_hash FROM v",
        [],
        cancellationToken);

    /// <summary>Reads records from a number on. They may be more than fit the filter, for what is compared here is not exact, and never fewer.</summary>
    public async ValueTask<IReadOnlyList<StoredRecord>> ReadAsync(OutboxSession session, AuditFilter filter, long from, int count, CancellationToken cancellationToken)
    {
        var conditions = new List<string> { $"{_number} >= @from" };
        var parameters = new List<(string, object)> { ("from", from), ("count", count) };
        if (filter.MailId is { } mailId) Where($"{_mail} = @mail", "mail", mailId.Value);
        if (filter.Recipient is { } recipient)
        {
            conditions.Add($"{_recipient} IN ({_spellings})");
            parameters.AddRange(SpellingsOf(recipient));
        }

        if (filter.TemplateName is { } template) Where($"{_template} = @template", "template", StoredText.Of(template)!);
        if (filter.Tag is { } tag) Where($"{_tags} LIKE @tag ESCAPE '!'", "tag", $"%\n{Literal(StoredText.Of(tag)!)}\n%");
        if (filter.Since is { } since) Where($"{_occurred} >= @since", "since", OutboxTime.Of(since));
        if (filter.Before is { } before) Where($"{_occurred} < @before", "before", OutboxTime.Of(before));
        return await session.ReadAsync(
            $"SELECT {_columns} FROM {_table} WHERE {string.Join(" AND ", conditions)} ORDER BY {_number} LIMIT @count", [.. parameters], StoredRecord.Read, cancellationToken).ConfigureAwait(false);

        void Where(string condition, string name, object value)
        {
            conditions.Add(condition);
            parameters.Add((name, value));
        }
    }

    /// <summary>Erases what is personal from records that name a recipient, and those of the same mails that name nobody. Returns how many.</summary>
    public async ValueTask<int> EraseAsync(OutboxSession session, EmailAddress recipient, CancellationToken cancellationToken)
    {
        var spellings = await session.ReadAsync(_spellings, SpellingsOf(recipient), static r => r.IsDBNull(0) ? null : r.GetString(0), cancellationToken).ConfigureAwait(false);
        var names = spellings.Where(s => string.Equals(s, recipient.SmtpAddress, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.Ordinal);
        return await session.ExecuteAsync(names, static some => [new("v_recipient", some)], _erase, [("none", Guid.Empty)], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns what to search for: an address as it was given, as providers report it, and as the mails name it that either is found with.</summary>
    private static (string, object)[] SpellingsOf(EmailAddress recipient) =>
        [("recipient", recipient.SmtpAddress), ("lower", recipient.SmtpAddress.ToLowerInvariant()), ("none", Guid.Empty)];

    private static string Literal(string text) => text.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);
}
