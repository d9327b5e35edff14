using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Soak;

/// <summary>The application whose mail is sent: the library as anybody registers it, with waits short enough for a test.</summary>
internal static class Application
{
    /// <summary>How many mails the outbox holds; whoever enqueues more waits.</summary>
    public const int Capacity = 5_000;

    /// <summary>Makes the application, for two relays on this machine.</summary>
    public static IHost Build(IReadOnlyList<int> ports, Action<TransactionalMailBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var mail = builder.Services.AddTransactionalMail(static options =>
            {
                options.From = "Soak <no-reply@soak.example>";
                options.Outbox.Capacity = Capacity;
                options.Outbox.PollInterval = TimeSpan.FromMilliseconds(50);
            })
            .AddSmtp("primary", smtp => Reach(smtp, ports[0]))
            .AddSmtp("backup", smtp => Reach(smtp, ports[1]))
            .LimitTransport("primary", KeepBriefly)
            .LimitTransport("backup", KeepBriefly)
            .AddStream(Letter.OneRelay, static stream => Use(stream, "primary"))
            .AddStream(Letter.TwoRelays, static stream => Use(stream, "primary", "backup"));
        configure?.Invoke(mail);
        return builder.Build();
    }

    private static void Reach(SmtpOptions smtp, int port)
    {
        (smtp.Host, smtp.Port, smtp.Security) = ("127.0.0.1", port, SmtpSecurity.None);
        smtp.SendTimeout = Fault.Patience;
    }

    private static void KeepBriefly(MailTransportLimits limits) =>
        (limits.CoolDown, limits.MaxCoolDown) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500));

    private static void Use(MailStreamOptions stream, params string[] transports)
    {
        foreach (var transport in transports) stream.Transports.Add(transport);
        (stream.Queue.Delay, stream.Queue.MaxDelay) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500));
    }
}
