using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests;

/// <summary>Ordinary values, so that a test shows only what matters to it.</summary>
internal static class Some
{
    public static EmailMessage Email(params EmailAddress[] to) => new()
    {
        To = to.Length > 0 ? to : ["ada@example.com"],
        Subject = "Your order 1042",
        TextBody = "Thank you for your order.",
    };

    public static FakeTimeProvider Clock() => new(new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero));

    /// <summary>An application with a mailer, whose transports a test then chooses. It tries once, so that a failure shows at once.</summary>
    public static ServiceCollection Services(Action<TransactionalMailBuilder>? configure = null, Action<TransactionalMailOptions>? options = null)
    {
        var services = new ServiceCollection();
        var builder = services.AddTransactionalMail(o =>
        {
            o.From = "Acme <no-reply@acme.example>";
            options?.Invoke(o);
        });
        builder.AddStream("default", static stream => stream.Retry.MaxAttempts = 1);
        configure?.Invoke(builder);
        return services;
    }

    public static (ITransactionalMailer Mailer, FakeMailTransport Fake) FakeMailer(Action<TransactionalMailBuilder>? configure = null)
    {
        var services = Services(configure);
        var fake = services.UseFakeMail();
        return (services.BuildServiceProvider().GetRequiredService<ITransactionalMailer>(), fake);
    }
}
