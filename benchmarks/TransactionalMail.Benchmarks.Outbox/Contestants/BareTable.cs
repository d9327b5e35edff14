using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Benchmarks.Outbox.Databases;

namespace TransactionalMail.Benchmarks.Outbox.Contestants;

/// <summary>What people write themselves: a table, an insert for each mail, and a loop that takes one after another.</summary>
internal static class BareTable
{
    private const string Insert = "INSERT INTO \"Mails\" (\"Id\", \"State\", \"DueAt\", \"Attempts\", \"Payload\") VALUES (@id, 0, @due, 0, @payload)";

    /// <summary>Inserts with a command that stays prepared, a commit for each mail. Each caller has a connection of its own.</summary>
    public static async Task<double> InsertAsync(ShopDatabase database, int callers, TimeSpan duration)
    {
        var open = new List<IAsyncDisposable>();
        var perSecond = await Callers.RunAsync(callers, duration, async () =>
        {
            var connection = database.CreateConnection();
            open.Add(connection);
            await connection.OpenAsync();
            var command = CreateInsert(connection);
            await command.PrepareAsync();
            return async () =>
            {
                Fill(command, Letters.ToBytes(Letters.Next()));
                return await command.ExecuteNonQueryAsync() == 1;
            };
        });
        foreach (var connection in open) await connection.DisposeAsync();
        return perSecond;
    }

    /// <summary>Makes the insert of one mail, to be used again with <see cref="Fill"/>.</summary>
    public static DbCommand CreateInsert(DbConnection connection) => Command(connection, Insert, ("id", Guid.Empty), ("due", 0L), ("payload", Array.Empty<byte>()));

    /// <summary>Gives an insert the values of another mail.</summary>
    public static void Fill(DbCommand insert, byte[] payload) =>
        (insert.Parameters[0].Value, insert.Parameters[1].Value, insert.Parameters[2].Value) = (Guid.CreateVersion7(), DateTime.UtcNow.Ticks, payload);

    /// <summary>Makes the insert of one mail in a batch.</summary>
    public static DbBatchCommand CreateInsert(DbBatchCommand command, byte[] payload)
    {
        command.CommandText = Insert;
        foreach (var (name, value) in new (string, object)[] { ("id", Guid.CreateVersion7()), ("due", DateTime.UtcNow.Ticks), ("payload", payload) })
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>Saves with a context for each mail, as a request does.</summary>
    public static async Task<double> SaveAsync(ShopDatabase database, int callers, TimeSpan duration)
    {
        await using var services = new ServiceCollection().AddDbContext<ShopContext>(database.Use).BuildServiceProvider();
        return await Callers.RunAsync(callers, duration, async () =>
        {
            await using var scope = services.CreateAsyncScope();
            var context = scope.ServiceProvider.GetRequiredService<ShopContext>();
            context.Mails.Add(NewMail());
            await context.SaveChangesAsync();
        });
    }

    /// <summary>Takes one mail, reads it, does nothing with it, deletes it, and commits.</summary>
    public static async Task<double> DrainAsync(ShopDatabase database, int mails, int workers, TimeSpan duration)
    {
        for (var left = mails; left > 0; left -= 500)
        {
            await using var context = database.CreateContext();
            context.AddRange(Enumerable.Range(0, Math.Min(left, 500)).Select(static _ => NewMail()));
            await context.SaveChangesAsync();
        }

        var open = new List<IAsyncDisposable>();
        var perSecond = await Callers.RunAsync(workers, duration, async () =>
        {
            var connection = database.CreateConnection();
            open.Add(connection);
            await connection.OpenAsync();
            var (claim, delete) = (Command(connection, database.ClaimOne, ("now", 0L)), Command(connection, "DELETE FROM \"Mails\" WHERE \"Id\" = @id", ("id", Guid.Empty)));
            await claim.PrepareAsync();
            await delete.PrepareAsync();
            return () => TakeOneAsync(connection, claim, delete, database.ClaimIsLock);
        });
        foreach (var connection in open) await connection.DisposeAsync();
        return perSecond;
    }

    private static async Task<bool> TakeOneAsync(DbConnection connection, DbCommand claim, DbCommand delete, bool isOneTransaction)
    {
        await using var transaction = isOneTransaction ? await connection.BeginTransactionAsync() : null;
        (claim.Transaction, delete.Transaction) = (transaction, transaction);
        claim.Parameters[0].Value = DateTime.UtcNow.Ticks;
        await using (var reader = await claim.ExecuteReaderAsync())
        {
            if (!await reader.ReadAsync()) return false;
            delete.Parameters[0].Value = reader.GetGuid(0);
            _ = Letters.Read(reader.GetFieldValue<byte[]>(1));
        }

        await delete.ExecuteNonQueryAsync();
        if (transaction is not null) await transaction.CommitAsync();
        return true;
    }

    private static BareMail NewMail() => new() { Id = Guid.CreateVersion7(), DueAt = DateTime.UtcNow.Ticks, Payload = Letters.ToBytes(Letters.Next()) };

    private static DbCommand Command(DbConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
