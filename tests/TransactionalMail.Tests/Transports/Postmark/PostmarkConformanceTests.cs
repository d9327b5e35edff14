using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using TransactionalMail.Conformance;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Postmark;

namespace TransactionalMail.Tests.Transports.Postmark;

[ConformanceOf<PostmarkTransport>]
public sealed class PostmarkConformanceTests() : ProviderConformance<PostmarkSimulator>(new() { Token = "s3cr3t-server-token" })
{
    protected override IReadOnlyList<string> Secrets => [Provider.Token];

    private protected override OfficialDescription Description => OfficialDescriptions.Postmark;

    /// <summary>The official clients ask for a To always; the API itself sends to Cc and Bcc alone, and answers without To then.</summary>
    private protected override bool IsMistaken(SimulatedRequest request, string violation) => violation is "PropertyRequired #/To" && (request.Text.Contains("\"Cc\":") || request.Text.Contains("\"Bcc\":"));

    protected override IMailTransport Create(MailTransportContext context) =>
        new PostmarkProvider().CreateTransport(new PostmarkOptions { Token = Provider.Token, BaseAddress = Provider.BaseAddress }, context);

    protected override ValueTask<IReadOnlyList<ArrivedMail>> ReadAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ArrivedMail>>([.. Provider.Mails.Select(Arrived)]);

    protected override SimulatedAnswer Outage(string words) =>
        new(HttpStatusCode.ServiceUnavailable, new JsonObject { ["ErrorCode"] = 100, ["Message"] = words }.ToJsonString());

    private static ArrivedMail Arrived(JsonObject json)
    {
        var written = PostmarkTransportTests.MessageOf(json);
        var visible = json.DeepClone().AsObject();
        visible.Remove("Bcc");
        return new ArrivedMail(
            written with { Bcc = [], Metadata = written.Metadata.Where(m => m.Key != "transactionalmail-id").ToDictionary() },
            MessageId: null,
            new MailEnvelope(written.From!, [.. written.To, .. written.Cc, .. written.Bcc]),
            Encoding.UTF8.GetBytes(visible.ToJsonString()));
    }
}
