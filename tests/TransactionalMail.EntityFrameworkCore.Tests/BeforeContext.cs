namespace TransactionalMail.EntityFrameworkCore.Tests;

/// <summary>The application before it kept mail.</summary>
public sealed class BeforeContext(DbContextOptions<BeforeContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();
}
