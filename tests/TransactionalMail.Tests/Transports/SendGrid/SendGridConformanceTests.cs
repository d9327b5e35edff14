using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using TransactionalMail.Conformance;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports;
using TransactionalMail.Transports.SendGrid;

namespace TransactionalMail.Tests.Transports.SendGrid;

[ConformanceOf<SendGridTransport>]
public sealed class SendGridConformanceTests() : ProviderConformance<SendGridSimulator>(new() { ApiKey = "SG.s3cr3t-key" })
{
    protected override IReadOnlyList<string> Secrets => [Provider.ApiKey];

    protected override FeatureGaps Gaps => FeatureGaps.UnicodeTags | FeatureGaps.EmptyFiles;

    private protected override OfficialDescription Description => OfficialDescriptions.SendGrid;

    protected override IMailTransport Create(MailTransportContext context) =>
        new SendGridProvider().CreateTransport(new SendGridOptions { ApiKey = Provider.ApiKey, BaseAddress = Provider.BaseAddress }, context);

    protected override ValueTask<IReadOnlyList<ArrivedMail>> ReadAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ArrivedMail>>([.. Provider.Mails.SelectMany(Arrived)]);

    protected override SimulatedAnswer Outage(string words) =>
        new(HttpStatusCode.ServiceUnavailable, new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["message"] = words }) }.ToJsonString());

    /// <summary>Each personalization is a mail of its own. Where only a blind copy was left, the author wrote no To.</summary>
    private static IEnumerable<ArrivedMail> Arrived(JsonObject json)
    {
        foreach (var personalization in json["personalizations"]!.AsArray().Cast<JsonObject>())
        {
            var written = SendGridTransportTests.MessageOf(json, personalization);
            var visible = json.DeepClone().AsObject();
            visible.Remove("personalizations");
            visible["to"] = personalization["to"]!.DeepClone();
            visible["cc"] = personalization["cc"]?.DeepClone();
            EmailAddress[] recipients = [.. written.To, .. written.Cc, .. written.Bcc];
            if (recipients is [{ Address: "hidden@secret.example" }]) visible.Remove("to"); // shown to nobody but the hidden one
            yield return new ArrivedMail(
                written with { Bcc = [], Metadata = written.Metadata.Where(m => m.Key != "transactionalmail-id").ToDictionary() },
                MessageId: null,
                new MailEnvelope(written.From!, recipients),
                Encoding.UTF8.GetBytes(visible.ToJsonString()));
        }
    }
}
