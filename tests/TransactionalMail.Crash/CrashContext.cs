using Microsoft.EntityFrameworkCore;

namespace TransactionalMail.Crash;

/// <summary>The application's context.</summary>
internal sealed class CrashContext(DbContextOptions<CrashContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddTransactionalMail();
}
