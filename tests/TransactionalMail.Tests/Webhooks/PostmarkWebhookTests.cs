using System.Text;
using TransactionalMail.Conformance;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Postmark;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Tests.Webhooks;

[ConformanceOf<PostmarkWebhook>]
public class PostmarkWebhookTests : WebhookConformance
{
    protected override bool ProvesBody => false;

    protected override bool ProvesTime => false;

    protected override IMailWebhook Create(MailTransportContext context) =>
        new PostmarkProvider().CreateWebhook(new PostmarkOptions { WebhookUserName = "postmark", WebhookPassword = "a very long password" }, context)!;

    protected override string Write(string? name, MailId mailId) => $$"""
        { "RecordType": "{{name ?? "Delivery"}}", "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "Recipient": "ada@example.com", "Tag": "receipt",
          "DeliveredAt": "2026-11-24T12:00:10.0000000Z", "Details": "250 ok", "Metadata": { "order": "42", "transactionalmail-id": "{{mailId}}" } }
        """;

    protected override MailWebhookRequest Sign(byte[] body, DateTimeOffset at) =>
        new(new Dictionary<string, string> { ["Content-Type"] = "application/json", ["Authorization"] = $"Basic {Convert.ToBase64String("postmark:a very long password"u8)}" }, body);
}

[ConformanceOf<PostmarkWebhook>]
public class PostmarkWebhookByHeaderTests : PostmarkWebhookTests
{
    protected override IMailWebhook Create(MailTransportContext context) =>
        new PostmarkProvider().CreateWebhook(new PostmarkOptions { WebhookHeader = "X-Proof", WebhookPassword = "a very long password" }, context)!;

    protected override MailWebhookRequest Sign(byte[] body, DateTimeOffset at) =>
        new(new Dictionary<string, string> { ["Content-Type"] = "application/json; charset=utf-8", ["X-Proof"] = "a very long password" }, body);
}
