using Microsoft.EntityFrameworkCore;

namespace TransactionalMail.Benchmarks.Outbox;

/// <summary>An application's context: our tables, and one that somebody without this library would have.</summary>
public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<BareMail> Mails => Set<BareMail>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddTransactionalMail();
        modelBuilder.Entity<BareMail>().HasIndex(static m => new { m.State, m.DueAt });
    }
}

public sealed class BareMail
{
    public Guid Id { get; init; }

    public short State { get; init; }

    public long DueAt { get; init; }

    public int Attempts { get; init; }

    public required byte[] Payload { get; init; }
}
