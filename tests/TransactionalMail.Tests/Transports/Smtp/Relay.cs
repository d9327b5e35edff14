using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Testing;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Transports.Smtp;

/// <summary>A relay on loopback, and an application that sends through it; the application goes first.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly ServiceProvider _application;

    private Relay(LocalSmtpServer server, ServiceProvider application)
    {
        Server = server;
        _application = application;
        Mailer = application.GetRequiredService<ITransactionalMailer>();
    }

    public LocalSmtpServer Server { get; }

    public ITransactionalMailer Mailer { get; }

    public static Relay Start(LocalSmtpServerOptions? server = null, Action<SmtpOptions>? smtp = null, TimeProvider? time = null, Action<TransactionalMailBuilder>? mail = null) =>
        Start(LocalSmtpServer.Start(server), smtp, time, mail);

    /// <summary>Starts a relay with TLS whose certificate the client accepts, where the test says nothing else.</summary>
    public static Relay StartSecure(LocalSmtpServerOptions server, Action<SmtpOptions>? smtp = null)
    {
        var started = LocalSmtpServer.Start(server);
        return Start(started, options =>
        {
            options.CertificateValidation = (_, certificate, _, _) => started.Certificate!.Equals(certificate);
            smtp?.Invoke(options);
        });
    }

    /// <summary>Counts the commands of one kind that the relay was given.</summary>
    public int Count(string verb) => Server.Transcript.Commands.Count(c => c.StartsWith(verb, StringComparison.Ordinal));

    public Task<MailReceipt> SendAsync(EmailMessage? message = null, CancellationToken? cancellationToken = null) =>
        Mailer.SendAsync(message ?? Some.Email(), cancellationToken ?? TestContext.Current.CancellationToken);

    public async Task<MailDeliveryException> DeliveryFailureAsync(EmailMessage? message = null, CancellationToken? cancellationToken = null)
    {
        var sending = () => SendAsync(message, cancellationToken);
        return (await sending.Should().ThrowAsync<MailDeliveryException>()).Which;
    }

    public async Task<MailTransportException> FailureAsync(EmailMessage? message = null) =>
        (await DeliveryFailureAsync(message)).Failures.Should().ContainSingle().Which;

    public async Task CancelledAsync(CancellationToken cancellationToken, EmailMessage? message = null)
    {
        var sending = () => SendAsync(message, cancellationToken);
        await sending.Should().ThrowAsync<OperationCanceledException>();
    }

    /// <summary>Returns when the relay is asked for something the next time.</summary>
    public Task NextAsync(SmtpStage stage)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.On(stage, _ =>
        {
            asked.TrySetResult();
            return null;
        });
        return asked.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    /// <summary>Ends the application, not the relay.</summary>
    public ValueTask StopApplicationAsync() => _application.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static Relay Start(LocalSmtpServer server, Action<SmtpOptions>? smtp, TimeProvider? time = null, Action<TransactionalMailBuilder>? mail = null)
    {
        var services = Some.Services(builder =>
        {
            builder.AddTransport("smtp", server.Dsn).AddSmtp("smtp", smtp);
            mail?.Invoke(builder);
        });
        if (time is not null) services.AddSingleton(time);
        return new Relay(server, services.BuildServiceProvider());
    }
}
