using System.Data.Common;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Every statement about what mails hold, payloads and attachments. Thread-safe.</summary>
internal sealed class ContentStatements(OutboxTables t, OutboxDialect dialect)
{
    /// <summary>How much is read of mails that are claimed together: what goes beyond stays with mails that wait a little longer.</summary>
    private const long MostBytes = 16 << 20;

    private string IsOneOfThem => dialect.IsIn(t.EntryId, "SELECT v_id FROM v");

    public IReadOnlyList<string> Columns { get; } = [t.EntryId, t.Position, t.IsProtected, t.Content];

    public ValueTask<int> InsertAsync(OutboxSession session, IEnumerable<MailOutboxContent> contents, CancellationToken cancellationToken) => session.ExecuteAsync(
        contents,
        static some =>
        [
            new("v_entry", some.Select(static c => c.EntryId).ToArray()),
            new("v_position", some.Select(static c => c.Position).ToArray()),
            new("v_protected", some.Select(static c => c.IsProtected).ToArray()),
            new("v_content", some.Select(static c => c.Content).ToArray()),
        ],
        $"INSERT INTO {t.Contents} ({string.Join(", ", Columns)}) SELECT v_entry, v_position, v_protected, v_content FROM v",
        [],
        cancellationToken);

    /// <summary>Reads what mails hold, as far as it fits into memory, and one mail in any case. Returns also whose was left.</summary>
    public async ValueTask<(IReadOnlyList<MailOutboxContent> Contents, IReadOnlySet<Guid> Left)> ReadAsync(OutboxSession session, IEnumerable<Guid> mails, CancellationToken cancellationToken)
    {
        var (bytes, current, left) = (0L, Guid.Empty, new HashSet<Guid>());
        var contents = await session.ReadAsync(
            mails, static some => [new("v_id", some)], $"SELECT {string.Join(", ", Columns)} FROM {t.Contents} WHERE {IsOneOfThem} ORDER BY {t.EntryId}", [], ReadWithinLimit, cancellationToken).ConfigureAwait(false);
        return ([.. contents.OfType<MailOutboxContent>()], left);

        MailOutboxContent? ReadWithinLimit(DbDataReader row)
        {
            var mail = row.GetGuid(0);
            if (bytes > MostBytes && mail != current)
            {
                left.Add(mail);
                return null;
            }

            var content = Read(row, 0);
            (bytes, current) = (bytes + content.Content.Length, mail);
            return content;
        }
    }

    /// <summary>Replaces payloads. An update joined with the new ones would have PostgreSQL copy each of them for each row.</summary>
    public async ValueTask ReplaceAsync(OutboxSession session, MailOutboxContent[] payloads, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(
            payloads.Select(static p => p.EntryId),
            static some => [new("v_id", some)],
            $"DELETE FROM {t.Contents} WHERE {IsOneOfThem} AND {t.Position} = {MailOutboxContent.PayloadPosition}",
            [],
            cancellationToken).ConfigureAwait(false);
        await InsertAsync(session, payloads, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<int> RemoveAsync(OutboxSession session, IEnumerable<Guid> mails, CancellationToken cancellationToken) =>
        session.ExecuteAsync(mails, static some => [new("v_id", some)], $"DELETE FROM {t.Contents} WHERE {IsOneOfThem}", [], cancellationToken);

    /// <summary>Reads a row, whose columns begin with the one given.</summary>
    public static MailOutboxContent Read(DbDataReader row, int first) =>
        new() { EntryId = row.GetGuid(first), Position = row.GetInt32(first + 1), IsProtected = row.GetBoolean(first + 2), Content = row.GetFieldValue<byte[]>(first + 3) };
}
