using System.Threading.Channels;

namespace TransactionalMail.Tests.WebApplication;

public sealed record PasswordReset(string Account, Uri Link);

/// <summary>Sends links after the request was answered, so that the answer does not tell who has an account.</summary>
public sealed class PasswordResets([FromKeyedServices("security")] ITransactionalMailer mailer) : BackgroundService
{
    private static readonly TemplateId<PasswordReset> s_link = new("password-reset", ShopJson.Default.PasswordReset);
    private readonly Channel<PasswordReset> _requested = Channel.CreateBounded<PasswordReset>(1000);

    public ValueTask RequestAsync(PasswordReset reset) => _requested.Writer.WriteAsync(reset);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var reset in _requested.Reader.ReadAllAsync(stoppingToken))
        {
            await mailer.SendAsync(new EmailMessage { To = [reset.Account], Template = s_link.With(reset) }, stoppingToken);
        }
    }
}
