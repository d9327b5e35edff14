using System.Net;
using System.Text.Json.Nodes;
using TransactionalMail.Conformance;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Mailgun;

namespace TransactionalMail.Tests.Transports.Mailgun;

[ConformanceOf<MailgunTransport>]
public class MailgunConformanceTests() : ProviderConformance<MailgunSimulator>(new() { ApiKey = "s3cr3t-key", Domain = "mg.acme.example" })
{
    protected override IReadOnlyList<string> Secrets => [Provider.ApiKey];

    protected override FeatureGaps Gaps => FeatureGaps.UnicodeTags;

    private protected override OfficialDescription Description => OfficialDescriptions.Mailgun;

    protected virtual bool SignsDkim => false;

    protected override IMailTransport Create(MailTransportContext context) =>
        new MailgunProvider().CreateTransport(new MailgunOptions { ApiKey = Provider.ApiKey, Domain = Provider.Domain, BaseAddress = Provider.BaseAddress, SignsDkim = SignsDkim }, context);

    protected override ValueTask<IReadOnlyList<ArrivedMail>> ReadAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ArrivedMail>>([.. Provider.Mails.Select(Arrived)]);

    protected override SimulatedAnswer Outage(string words) => new(HttpStatusCode.ServiceUnavailable, new JsonObject { ["message"] = words }.ToJsonString());

    /// <summary>Tags and metadata are taken from the settings, as they come back with events, not from the mail's own fields.</summary>
    private static ArrivedMail Arrived(SimulatedMimeMail mail)
    {
        var arrived = ArrivedMail.FromMime(mail.Raw, null);
        var settings = mail.Settings.ToLookup(s => s.Key, s => s.Value);
        return arrived with
        {
            Envelope = new MailEnvelope(arrived.Message.From!, [.. mail.Recipients.Select(r => (EmailAddress)r)]),
            Message = arrived.Message with
            {
                Tags = [.. settings["o:tag"]],
                Metadata = mail.Settings.Where(s => s.Key.StartsWith("v:", StringComparison.Ordinal) && s.Key is not "v:transactionalmail-id").ToDictionary(s => s.Key[2..], s => s.Value),
                TrackOpens = Switch(settings["o:tracking-opens"]),
                TrackClicks = Switch(settings["o:tracking-clicks"]),
            },
        };
    }

    private static bool? Switch(IEnumerable<string> values) => values.SingleOrDefault() switch { "yes" => true, "no" => false, _ => null };
}
