using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TransactionalMail.RabbitMq.Tests.Readme;

/// <summary>The README's code about RabbitMQ, compiled; a test of the README keeps both the same.</summary>
internal static class Snippets
{
    public static void Relay(HostApplicationBuilder builder, TransactionalMailBuilder mail)
    {
        #region relay
        mail.UseRabbitMqWorkers(rabbit => rabbit.Uri = new Uri(builder.Configuration["RabbitMq"]!)); // after UseEntityFramework
        #endregion
    }

    public static void Work(HostApplicationBuilder builder)
    {
        #region worker
        builder.Services.AddTransactionalMail(builder.Configuration.GetSection("TransactionalMail"))
            .UseRabbitMqOutbox(rabbit => rabbit.Uri = new Uri(builder.Configuration["RabbitMq"]!));
        #endregion
    }
}
