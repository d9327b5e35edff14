using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Outbox.RabbitMq;

namespace TransactionalMail.RabbitMq.Tests;

internal static class SomeApplication
{
    public static EmailMessage Letter(string subject = "Your order") => new() { To = ["ada@example.com"], Subject = subject, TextBody = "Thank you." };

    /// <summary>Starts an application whose own outbox is in memory.</summary>
    public static async Task<IHost> StartAsync(RabbitMqMailOptions options, Action<TransactionalMailBuilder, Action<RabbitMqMailOptions>> configure, Action<TransactionalMailOptions>? settings = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        var mail = builder.Services.AddTransactionalMail(o =>
        {
            o.From = "no-reply@acme.example";
            o.Outbox.PollInterval = TimeSpan.FromMilliseconds(200);
            settings?.Invoke(o);
        });
        configure(mail, o => (o.Uri, o.QueuePrefix, o.MaxMessageBytes, o.Timeout, o.DeliveryLimit) = (options.Uri, options.QueuePrefix, options.MaxMessageBytes, options.Timeout, options.DeliveryLimit));
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }
}
