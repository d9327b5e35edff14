namespace TransactionalMail.EntityFrameworkCore.Tests;

/// <summary>An application's own context.</summary>
public class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddTransactionalMail();
}
