using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using TransactionalMail.Conformance;
using TransactionalMail.Testing;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Postmark;

namespace TransactionalMail.Tests.Transports.Postmark;

[ConformanceOf<PostmarkTransport>]
public sealed class PostmarkConformanceTests : TransportConformance
{
    private readonly PostmarkSimulator _postmark = new() { Token = "s3cr3t-server-token" };

    protected override IReadOnlyList<string> Secrets => ["s3cr3t-server-token"];

    protected override IMailTransport Create(MailTransportContext context) =>
        new PostmarkProvider().CreateTransport(new PostmarkOptions { Token = Secrets[0], BaseAddress = _postmark.BaseAddress }, context);

    protected override ValueTask<IReadOnlyList<ArrivedMail>> ReadAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ArrivedMail>>([.. _postmark.Mails.Select(Arrived)]);

    protected override void Break(string words) =>
        _postmark.AnswerAlways(new SimulatedAnswer(HttpStatusCode.ServiceUnavailable, new JsonObject { ["ErrorCode"] = 100, ["Message"] = words }.ToJsonString()));

    protected override void Repair() => _postmark.AnswerAlways(null);

    protected override ValueTask EndRelayAsync() => _postmark.DisposeAsync();

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
