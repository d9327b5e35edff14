namespace TransactionalMail.EntityFrameworkCore.Tests.Parts;

/// <summary>A database of its own for one test, without tables.</summary>
public abstract class TestDatabase : IAsyncDisposable
{
    /// <summary>Makes a context use this database, with a clock of its own or the one given.</summary>
    public abstract void Use(DbContextOptionsBuilder options, TimeProvider? clock = null);

    public abstract ValueTask DisposeAsync();

    /// <summary>Makes the tables of a model.</summary>
    public async Task CreateTablesAsync<TContext>()
        where TContext : DbContext
    {
        await using var context = CreateContext<TContext>();
        await context.Database.EnsureCreatedAsync();
    }

    public TContext CreateContext<TContext>()
        where TContext : DbContext
    {
        var options = new DbContextOptionsBuilder<TContext>();
        Use(options);
        return (TContext)Activator.CreateInstance(typeof(TContext), options.Options)!;
    }

    /// <summary>Runs SQL against it, as somebody else would.</summary>
    public async Task<int> ExecuteAsync(string sql)
    {
        await using var context = CreateContext<ShopContext>();
        return await context.Database.ExecuteSqlRawAsync(sql);
    }

    public async Task<long> CountAsync(string table)
    {
        await using var context = CreateContext<ShopContext>();
        var sql = $"SELECT COUNT(*) AS \"Value\" FROM \"{table}\"";
        return await context.Database.SqlQueryRaw<long>(sql).SingleAsync();
    }
}
