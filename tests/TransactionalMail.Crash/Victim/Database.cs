using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace TransactionalMail.Crash.Victim;

/// <summary>The application's database, watched or not.</summary>
internal sealed class Database(DatabaseKind kind, string connectionString)
{
    /// <summary>Uses connections of our own, which have the trap in them.</summary>
    public void UseWatched(DbContextOptionsBuilder options, Trap trap)
    {
        if (kind is DatabaseKind.Sqlite) options.UseSqlite(new WatchedConnection(new SqliteConnection(connectionString), trap), contextOwnsConnection: true);
        else options.UseNpgsql(new WatchedConnection(new NpgsqlConnection(connectionString), trap), contextOwnsConnection: true);
    }

    /// <summary>Uses it as any application does.</summary>
    public void Use(DbContextOptionsBuilder options)
    {
        if (kind is DatabaseKind.Sqlite) options.UseSqlite(connectionString);
        else options.UseNpgsql(connectionString);
    }

    /// <summary>Migrates the database, as applications do when they start.</summary>
    /// <remarks>
    /// On PostgreSQL a process that dies takes its lock of the migrations with it. On SQLite the lock is a row that stays, and whoever migrates next waits
    /// for ever. Entity Framework's documentation tells people to drop its table once nobody migrates any more; here nobody does when a process starts.
    /// </remarks>
    /// <param name="watchers">Who watches.</param>
    public async Task MigrateAsync(params IInterceptor[] watchers)
    {
        await using var context = CreateContext(watchers);
        if (kind is DatabaseKind.Sqlite) await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL; DROP TABLE IF EXISTS \"__EFMigrationsLock\"");
        await context.Database.MigrateAsync();
    }

    /// <summary>Adds a few keys whose time is over.</summary>
    public async Task AddExpiredKeysAsync()
    {
        await using var context = CreateContext();
        for (var i = 0; i < 5; i++)
        {
            await context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO "MailIdempotencyKey" ("Key", "ContentHash", "MailId", "Owner", "State", "HeldUntil", "ExpiresAt", "IsProtected")
                VALUES ({$"expired {Guid.NewGuid():N}"}, {"hash"}, {Guid.NewGuid()}, {Guid.NewGuid()}, 3, 0, 1, {false})
                """);
        }
    }

    private CrashContext CreateContext(params IInterceptor[] watchers)
    {
        var options = new DbContextOptionsBuilder<CrashContext>().AddInterceptors(watchers);
        Use(options);
        return new CrashContext((DbContextOptions<CrashContext>)options.Options);
    }
}
