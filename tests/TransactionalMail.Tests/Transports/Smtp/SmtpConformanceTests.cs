using TransactionalMail.Conformance;
using TransactionalMail.Testing;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Transports.Smtp;

[ConformanceOf<SmtpTransport>]
public sealed class SmtpConformanceTests : TransportConformance
{
    private readonly LocalSmtpServer _server = LocalSmtpServer.Start(new() { UserName = "acme", Password = "s3cr3t-of-the-relay" });

    protected override IReadOnlyList<string> Secrets => ["s3cr3t-of-the-relay"];

    protected override IMailTransport Create(MailTransportContext context) => new SmtpProvider().CreateTransport(
        new SmtpOptions { Host = _server.Host, Port = _server.Port, Security = SmtpSecurity.None, UserName = "acme", Password = Secrets[0], AllowUnencryptedAuthentication = true },
        context);

    protected override ValueTask<IReadOnlyList<ArrivedMail>> ReadAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ArrivedMail>>([.. _server.Messages.Select(m => ArrivedMail.FromMime(m.Raw, new MailEnvelope(m.EnvelopeSender, [.. m.EnvelopeRecipients.Select(r => (EmailAddress)r)])))]);

    protected override void Break(string words) => _server.Reply(SmtpStage.MailFrom, $"451 4.3.0 {words}");

    protected override void Repair() => _server.ClearReplies();

    protected override bool TryRefuse(EmailAddress recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        _server.RejectRecipient(recipient.Address);
        return true;
    }

    protected override ValueTask EndRelayAsync() => _server.DisposeAsync();
}
