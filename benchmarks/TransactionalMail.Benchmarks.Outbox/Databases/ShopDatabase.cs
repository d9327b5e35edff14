using System.Data.Common;
using Hangfire;
using Microsoft.EntityFrameworkCore;

namespace TransactionalMail.Benchmarks.Outbox.Databases;

/// <summary>A new database for one measurement, with the tables.</summary>
internal abstract class ShopDatabase : IAsyncDisposable
{
    /// <summary>Gets the statements that take one mail; the last one ends with it. They run in one transaction where there is no <c>UPDATE</c> among them.</summary>
    public abstract string ClaimOne { get; }

    /// <summary>Gets whether a claim is a lock that lasts as long as its transaction, rather than a change that is committed.</summary>
    public abstract bool ClaimIsLock { get; }

    public abstract void Use(DbContextOptionsBuilder options);

    public abstract DbConnection CreateConnection();

    public abstract JobStorage CreateHangfire();

    public ShopContext CreateContext()
    {
        var options = new DbContextOptionsBuilder<ShopContext>();
        Use(options);
        return new ShopContext(options.Options);
    }

    public abstract ValueTask DisposeAsync();

    protected async Task CreateTablesAsync()
    {
        await using var context = CreateContext();
        await context.Database.EnsureCreatedAsync();
    }

    protected static async Task<string> AskAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }
}
