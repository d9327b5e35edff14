using System.Net;
using System.Text.Json.Nodes;
using TransactionalMail.Conformance;
using TransactionalMail.Testing;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Ses;

namespace TransactionalMail.Tests.Transports.Ses;

[ConformanceOf<SesTransport>]
public sealed class SesConformanceTests : TransportConformance
{
    private readonly SesSimulator _ses = new() { AccessKeyId = "AKIASECRET0123456789", SecretAccessKey = "s3cr3t/access+key", SessionToken = "s3cr3t//session+token==", Region = "eu-west-1" };

    protected override IReadOnlyList<string> Secrets => ["AKIASECRET0123456789", "s3cr3t/access+key", "s3cr3t//session+token=="];

    protected override IMailTransport Create(MailTransportContext context) => new SesProvider().CreateTransport(
        new SesOptions { AccessKeyId = Secrets[0], SecretAccessKey = Secrets[1], SessionToken = Secrets[2], Region = "eu-west-1", BaseAddress = _ses.BaseAddress },
        context);

    protected override ValueTask<IReadOnlyList<ArrivedMail>> ReadAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<ArrivedMail>>([.. _ses.Mails.Select(Arrived)]);

    protected override void Break(string words) => _ses.AnswerAlways(new SimulatedAnswer(HttpStatusCode.ServiceUnavailable, new JsonObject { ["message"] = words }.ToJsonString()));

    protected override void Repair() => _ses.AnswerAlways(null);

    protected override ValueTask EndRelayAsync() => _ses.DisposeAsync();

    private static ArrivedMail Arrived(SimulatedSesMail mail)
    {
        var arrived = ArrivedMail.FromMime(mail.Delivered, null);
        var recipients = mail.To.Concat(mail.Cc).Concat(mail.Bcc).Select(static r => new EmailAddress(r));
        return arrived with { Envelope = new MailEnvelope(mail.FeedbackAddress is { } feedback ? new EmailAddress(feedback) : arrived.Message.From!, [.. recipients]) };
    }
}
