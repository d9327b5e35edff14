using System.Data.Common;
using System.Net.Sockets;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.EntityFrameworkCore.Audit;
using TransactionalMail.EntityFrameworkCore.Idempotency;
using TransactionalMail.EntityFrameworkCore.Suppression;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Opens the application's database, with a context from a scope of its own each time. Thread-safe.</summary>
/// <param name="scopes">Where contexts come from.</param>
/// <param name="create">Makes a context within a scope.</param>
/// <param name="lockTimeout">How long SQLite's lock is waited for.</param>
internal sealed class OutboxDatabase(IServiceScopeFactory scopes, Func<IServiceProvider, DbContext> create, TimeSpan lockTimeout)
{
    /// <summary>How many rows are removed at once.</summary>
    private const int Purge = 500;

    private readonly Lock _lock = new();
    private OutboxStatements? _statements;
    private IEntityType[] _outbox = [];
    private string[] _looks = [];

    /// <summary>Gets the statements, once the model and the provider are known to fit.</summary>
    /// <exception cref="InvalidOperationException">They do not; the message says what to do.</exception>
    public OutboxStatements Statements
    {
        get
        {
            if (Volatile.Read(ref _statements) is { } known) return known;

            using var scope = scopes.CreateScope();
            using var context = create(scope.ServiceProvider);
            return Know(context);
        }
    }

    /// <summary>Does something in one transaction, which stands when <paramref name="act"/> returns and not when it throws.</summary>
    public async ValueTask<T> WriteAsync<T>(Func<OutboxSession, ValueTask<T>> act, CancellationToken cancellationToken)
    {
        try
        {
            using var turn = await Statements.Dialect.TakeTurnAsync(cancellationToken).ConfigureAwait(false);
            var session = await OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                var transaction = await session.BeginAsync(cancellationToken).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var result = await act(session).ConfigureAwait(false);
                    cancellationToken.ThrowIfCancellationRequested();
                    await transaction.CommitAsync().ConfigureAwait(false);
                    return result;
                }
            }
        }
        catch (DbException e) when (e is not MailDatabaseException)
        {
            throw Explain(e);
        }
    }

    /// <summary>Reads with one statement.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<OutboxSession, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            var session = await OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false)) return await read(session).ConfigureAwait(false);
        }
        catch (DbException e) when (e is not MailDatabaseException)
        {
            throw Explain(e);
        }
    }

    /// <summary>Removes what is over, some at a time, so that nobody waits long.</summary>
    /// <param name="remove">Removes as many as it is told at most, and returns how many there were.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async ValueTask PurgeAsync(Func<OutboxSession, int, ValueTask<int>> remove, CancellationToken cancellationToken)
    {
        while (await WriteAsync(session => remove(session, Purge), cancellationToken).ConfigureAwait(false) == Purge)
        {
            // There may be more.
        }
    }

    /// <summary>Looks whether the database has the tables and columns of the model, and reads no row.</summary>
    /// <exception cref="MailDatabaseException">It lacks some, or could not be asked.</exception>
    public ValueTask<int> CheckTablesAsync(CancellationToken cancellationToken)
    {
        _ = Statements;
        return ReadAsync(
            async session =>
            {
                foreach (var look in _looks) await session.ExecuteAsync(look, [], cancellationToken).ConfigureAwait(false);
                return _looks.Length;
            },
            cancellationToken);
    }

    public MailDatabaseException Explain(DbException failure) => failure as MailDatabaseException ?? Statements.Dialect.Explain(failure);

    /// <summary>Refuses a context whose mail goes into tables that nobody delivers from.</summary>
    /// <exception cref="InvalidOperationException">Its model lacks the tables, or names others.</exception>
    public void RequireSameTables(DbContext context)
    {
        _ = Statements;
        foreach (var ours in _outbox)
        {
            var theirs = ModelNames.Require(context, ours.ClrType);
            var isSameSchema = theirs.GetSchema() is null || ours.GetSchema() is null || string.Equals(theirs.GetSchema(), ours.GetSchema(), StringComparison.Ordinal); // none is the database's default, which we do not know
            if (isSameSchema && string.Equals(theirs.GetTableName(), ours.GetTableName(), StringComparison.Ordinal)) continue;
            throw new InvalidOperationException(
                $"{context.GetType().Name} keeps mail in {theirs.GetSchemaQualifiedTableName()}, and the outbox delivers from {ours.GetSchemaQualifiedTableName()}: it would never be sent. Give AddTransactionalMail() the same schema and prefix in both contexts.");
        }
    }

    public async ValueTask<OutboxSession> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var scope = scopes.CreateAsyncScope();
        DbContext? context = null;
        try
        {
            context = create(scope.ServiceProvider);
            var statements = Know(context);
            await ConnectAsync(context, statements.Dialect, cancellationToken).ConfigureAwait(false);
            var session = new OutboxSession(scope, context, statements.Dialect);
            await session.PrepareAsync(cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            if (context is not null) await context.DisposeAsync().ConfigureAwait(false);
            await scope.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <remarks>
    /// A <see cref="TransactionScope"/> of the caller is left out: what it rolls back would be undone here, too, though the mail is out.
    /// A provider's retrying strategy, which connections open under, wraps the failure that it gave up on. A host's name that does not
    /// resolve is no <see cref="DbException"/> to Npgsql.
    /// </remarks>
    private static async ValueTask ConnectAsync(DbContext context, OutboxDialect dialect, CancellationToken cancellationToken)
    {
        using var alone = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        try
        {
            await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not DbException && e.InnerException is DbException failure)
        {
            throw dialect.Explain(failure);
        }
        catch (Exception e) when (e is SocketException or TimeoutException || e.InnerException is SocketException or TimeoutException)
        {
            throw new MailDatabaseException("The database cannot be reached. Try again.", e, isTransient: true);
        }
    }

    /// <summary>Refuses contexts on one connection: each would be in the transactions of the others, and undo what they did.</summary>
    private void RequireConnectionsOfTheirOwn(DbContext context)
    {
        using var scope = scopes.CreateScope();
        using var other = create(scope.ServiceProvider);
        if (!ReferenceEquals(other.Database.GetDbConnection(), context.Database.GetDbConnection())) return;
        throw new InvalidOperationException(
            $"Every {context.GetType().Name} has the same connection, and the outbox works beside the application. Configure a connection string instead of a connection; for tests, one of a file, or of a SQLite database in memory with Mode=Memory;Cache=Shared.");
    }

    private OutboxStatements Know(DbContext context)
    {
        if (Volatile.Read(ref _statements) is { } known) return known;
        lock (_lock)
        {
            if (_statements is not null) return _statements;
            var dialect = OutboxDialect.Of(context, lockTimeout); // before anything that other kinds of provider lack
            RequireConnectionsOfTheirOwn(context);
            _outbox = [ModelNames.Require(context, typeof(MailOutboxEntry)), ModelNames.Require(context, typeof(MailOutboxContent))];
            _looks = [.. MailModelBuilderExtensions.Tables.Select(t => new ModelNames(context, t)).Select(static n => $"SELECT {string.Join(", ", n.Columns)} FROM {n.Table} WHERE 1 = 0")];
            var tables = new OutboxTables(context);
            return _statements = new OutboxStatements(tables, new ContentStatements(tables, dialect), new KeyStatements(context, dialect), new SuppressionStatements(context, dialect), new AuditStatements(context, dialect), dialect);
        }
    }
}
