using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TransactionalMail.EntityFrameworkCore.Tests.Readme;

/// <summary>The README's code about databases, compiled; a test of the README keeps both the same.</summary>
internal static class Snippets
{
    public static void Register(HostApplicationBuilder builder)
    {
        #region durable
        builder.Services.AddDbContext<ShopContext>(options => options.UseNpgsql(builder.Configuration.GetConnectionString("Shop")));
        builder.Services.AddTransactionalMail(builder.Configuration.GetSection("TransactionalMail"))
            .UseEntityFramework<ShopContext>();
        #endregion
    }

    public static async Task Confirm(ShopContext db, ITransactionalMailer mailer, Order order, EmailMessage confirmation)
    {
        #region transaction
        db.Orders.Add(order);
        await mailer.EnqueueAsync(db, confirmation);
        await db.SaveChangesAsync();
        #endregion
    }

    public sealed class Model(DbContextOptions<Model> options) : DbContext(options)
    {
        #region model
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddTransactionalMail(); // and add a migration
        #endregion
    }
}
