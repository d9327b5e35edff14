using System.Net;
using System.Text.Json.Nodes;
using TransactionalMail.Conformance;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Ses;

namespace TransactionalMail.Tests.Transports.Ses;

[ConformanceOf<SesTransport>]
public class SesConformanceTests() : ProviderConformance<SesSimulator>(new() { AccessKeyId = "AKIASECRET0123456789", SecretAccessKey = "s3cr3t/access+key", SessionToken = "s3cr3t//session+token==", Region = "eu-west-1" })
{
    protected override IReadOnlyList<string> Secrets => [Provider.AccessKeyId, Provider.SecretAccessKey, Provider.SessionToken!];

    private protected override OfficialDescription Description => OfficialDescriptions.Ses;

    protected override IMailTransport Create(MailTransportContext context) => new SesProvider().CreateTransport(Options(), context);

    protected virtual SesOptions Options() => new()
    {
        AccessKeyId = Provider.AccessKeyId,
        SecretAccessKey = Provider.SecretAccessKey,
        SessionToken = Provider.SessionToken,
        Region = Provider.Region,
        BaseAddress = Provider.BaseAddress,
    };

    protected override ValueTask<IReadOnlyList<ArrivedMail>> ReadAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<ArrivedMail>>([.. Provider.Mails.Select(Arrived)]);

    protected override SimulatedAnswer Outage(string words) => new(HttpStatusCode.ServiceUnavailable, new JsonObject { ["message"] = words }.ToJsonString());

    private static ArrivedMail Arrived(SimulatedSesMail mail)
    {
        var arrived = ArrivedMail.FromMime(mail.Delivered, null);
        bool? isTracked = mail.ConfigurationSet is "tracking" ? true : null;
        return arrived with
        {
            Envelope = new MailEnvelope(mail.FeedbackAddress is { } feedback ? new EmailAddress(feedback) : arrived.Message.From!, [.. mail.To.Concat(mail.Cc).Concat(mail.Bcc).Select(static r => new EmailAddress(r))]),
            Message = arrived.Message with { TrackOpens = isTracked, TrackClicks = isTracked },
        };
    }
}
