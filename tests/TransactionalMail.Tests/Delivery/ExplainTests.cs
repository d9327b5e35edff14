using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Outbox;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Events;
using TransactionalMail.Tests.Mime;
using TransactionalMail.Tests.Templates;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Delivery;

public class ExplainTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shows_the_rendered_message_with_its_stream_and_author()
    {
        using var lab = new DeliveryLab { Configure = mail => mail.AddTemplates(Welcome()).AddInterceptor<CopyToArchive>().AddStream("receipts", s => s.From = "Billing <billing@acme.example>") };

        var explained = await ExplainAsync(lab, new EmailMessage { To = ["ada@example.com"], Template = EmailTemplate.Create("welcome", new { name = "<Ada>" }), StreamName = "receipts" });

        explained.StreamName.Should().Be("receipts");
        explained.TemplateName.Should().Be("welcome");
        explained.Subject.Should().Be("Welcome, <Ada>");
        explained.HtmlBody.Should().Be("<p>Hello &lt;Ada&gt;</p>");
        explained.TextBody.Should().Contain("Hello <Ada>");
        explained.Message.From!.Address.Should().Be("billing@acme.example");
        explained.Envelope.Sender.Address.Should().Be("billing@acme.example");
        explained.Envelope.Recipients.Should().Equal("ada@example.com", "archive@acme.example");
    }

    [Fact]
    public async Task Shows_who_is_suppressed_and_why()
    {
        using var lab = new DeliveryLab();
        var list = lab.Services.GetRequiredService<ISuppressionList>();
        await list.AddAsync(Suppressed("gone@example.com", SuppressionReason.HardBounce), s_ct);
        await list.AddAsync(Suppressed("gone@example.com", SuppressionReason.Unsubscribe) with { StreamName = "default" }, s_ct);
        await list.AddAsync(Suppressed("other@example.com", SuppressionReason.Unsubscribe) with { StreamName = "news" }, s_ct);

        var explained = await ExplainAsync(lab, Some.Email("gone@example.com", "ada@example.com", "other@example.com"));

        explained.Envelope.Recipients.Should().Equal("ada@example.com", "other@example.com");
        explained.Suppressed.Should().OnlyContain(e => e.Recipient.Address == "gone@example.com");
        explained.Suppressed.Select(e => e.Reason).Should().BeEquivalentTo([SuppressionReason.HardBounce, SuppressionReason.Unsubscribe]);
        explained.Message.To.Should().HaveCount(3, "what recipients see does not tell who is suppressed");
    }

    [Fact]
    public async Task Lists_transports_in_the_order_they_are_asked()
    {
        using var lab = new DeliveryLab { Stream = s => { s.Transports.Add("backup"); s.Transports.Add("primary"); } };

        var explained = await ExplainAsync(lab, Some.Email());

        explained.Transports.Should().Equal(new TransportExplanation("backup", MailFeatures.None, TimeSpan.Zero), new TransportExplanation("primary", MailFeatures.None, TimeSpan.Zero));
        explained.Transports.Should().OnlyContain(t => t.WouldBeAsked);
    }

    [Fact]
    public async Task Lists_the_transports_of_a_weighted_stream_with_the_likeliest_first()
    {
        using var lab = new DeliveryLab { Stream = s => (s.Weights["primary"], s.Weights["backup"]) = (1, 9) };

        for (var i = 0; i < 20; i++)
        {
            (await ExplainAsync(lab, Some.Email())).Transports.Select(t => t.Name).Should().Equal("backup", "primary");
        }
    }

    [Fact]
    public async Task Says_which_features_a_transport_lacks()
    {
        using var lab = new DeliveryLab { Configure = mail => mail.AddTransport("tracking", _ => new FakeMailTransport { Name = "tracking" }) };

        var explained = await ExplainAsync(lab, Some.Email() with { TrackOpens = true, TrackClicks = true, Tags = ["order"] });

        explained.Transports.Select(t => t.MissingFeatures).Should().Equal(
            MailFeatures.OpenTracking | MailFeatures.ClickTracking, MailFeatures.OpenTracking | MailFeatures.ClickTracking, MailFeatures.None);
        explained.Transports.Select(t => t.WouldBeAsked).Should().Equal(false, false, true);
        (await lab.SendAsync(Some.Email() with { TrackOpens = true })).Recipients[0].TransportName.Should().Be("tracking");
    }

    [Fact]
    public async Task Says_for_how_long_a_transport_is_left_alone_and_leaves_the_probe_to_a_mail()
    {
        using var lab = new DeliveryLab();
        lab.Primary.Fails(TransportFailure.Authentication);
        await lab.SendAsync(Some.Email());
        lab.Clock.Advance(TimeSpan.FromSeconds(10));

        var paused = (await ExplainAsync(lab, Some.Email())).Transports[0];
        paused.Pause.Should().Be(TimeSpan.FromSeconds(20));
        paused.WouldBeAsked.Should().BeFalse();

        lab.Clock.Advance(TimeSpan.FromSeconds(20));
        for (var i = 0; i < 3; i++) (await ExplainAsync(lab, Some.Email())).Transports[0].WouldBeAsked.Should().BeTrue();
        (await lab.SendAsync(Some.Email())).Recipients[0].TransportName.Should().Be("primary");
    }

    [Fact]
    public async Task Shows_the_bytes_that_are_sent()
    {
        var fake = new FakeMailTransport();
        using var lab = new DeliveryLab { Stream = s => s.Transports.Add("fake"), Configure = mail => mail.AddTransport("fake", _ => fake) };
        var message = Some.Email() with { HtmlBody = "<p>Grüße</p>", Bcc = ["grace@example.com"], Attachments = [new("rechnung.pdf", new byte[3000])] };

        var explained = await ExplainAsync(lab, message);
        await lab.SendAsync(message);

        var sent = fake.Single();
        explained.Size.Should().Be(sent.Raw.Length).And.BeGreaterThan(3000);
        WithId(explained.Raw, explained.Id, sent.Id).Should().Be(Encoding.ASCII.GetString(sent.Raw.Span)).And.NotContain("grace");
    }

    [Fact]
    public async Task Shows_the_date_of_a_mail_that_is_to_wait()
    {
        using var lab = new DeliveryLab();
        var tomorrow = lab.Clock.GetUtcNow().AddDays(1);

        var explained = await ExplainAsync(lab, Some.Email() with { NotBefore = tomorrow });

        Compose.Parse(explained.Raw.ToArray()).Date.Should().Be(tomorrow);
    }

    [Fact]
    public async Task Names_the_keys_that_signed()
    {
        DkimOptions[] keys = [DkimTestKey.ForAcme(DkimTestKey.Rsa2048), DkimTestKey.ForAcme(DkimTestKey.Ed25519, "e1"), DkimTestKey.For("other.example", DkimTestKey.OtherRsa2048)];
        using var lab = new DeliveryLab { Configure = mail => Array.ForEach(keys, key => mail.AddDkim(key)) };

        var explained = await ExplainAsync(lab, Some.Email());

        explained.DkimKeys.Should().Equal("m1._domainkey.acme.example", "e1._domainkey.acme.example");
        DkimCheck.For(keys).Verify(explained.Raw.ToArray()).Should().Equal(true, true);
        (await ExplainAsync(lab, Some.Email() with { From = "ada@unsigned.example" })).DkimKeys.Should().BeEmpty();
    }

    [Fact]
    public async Task Sends_nothing_keeps_nothing_and_tells_nobody()
    {
        using var lab = new DeliveryLab();
        await lab.StartAsync();

        var explained = await ExplainAsync(lab, Some.Email());

        (await lab.Services.GetRequiredService<IOutboxAdmin>().GetDepthsAsync(s_ct)).Should().BeEmpty();
        await lab.StopAsync();
        lab.Primary.Attempts.Concat(lab.Backup.Attempts).Should().BeEmpty();
        (await lab.Services.GetRequiredService<IMailAudit>().ReadAsync(explained.Id, s_ct).ToListAsync(s_ct)).Should().BeEmpty();
    }

    [Fact]
    public async Task Refuses_what_could_not_be_sent()
    {
        using var lab = new DeliveryLab { Configure = mail => mail.AddTemplates(Welcome()) };

        await Refuses<EmailValidationException>(lab, Some.Email() with { Subject = "one\r\nBcc: eve@example.net" });
        await Refuses<EmailValidationException>(lab, Some.Email() with { NotAfter = lab.Clock.GetUtcNow().AddSeconds(-1) });
        await Refuses<EmailValidationException>(lab, Some.Email() with { StreamName = "nowhere" });
        await Refuses<EmailValidationException>(lab, Some.Email() with { Attachments = [new("gone.pdf", _ => throw new IOException("Gone."))] });
        await Refuses<EmailTemplateException>(lab, new EmailMessage { To = ["ada@example.com"], Template = EmailTemplate.Create("welcome", new { other = 1 }) });
    }

    [Fact]
    public async Task Prints_neither_addresses_nor_content_P02()
    {
        using var lab = new DeliveryLab();

        var explained = await ExplainAsync(lab, Some.Email("canary@example.com") with { Subject = "canary", TextBody = "canary", Headers = new Dictionary<string, string> { ["X-Note"] = "canary" } });

        explained.ToString().Should().Contain("Stream: default").And.Contain("Recipients: 1").And.NotContain("canary").And.NotContain("acme");
    }

    private static Task<MailExplanation> ExplainAsync(DeliveryLab lab, EmailMessage message) => lab.Services.GetRequiredService<IMailExplainer>().ExplainAsync(message, s_ct);

    private static async Task Refuses<T>(DeliveryLab lab, EmailMessage message)
        where T : MailException
    {
        var explaining = () => ExplainAsync(lab, message);
        await explaining.Should().ThrowAsync<T>();
    }

    private static InMemoryFiles Welcome() => new()
    {
        ["welcome.subject.liquid"] = "Welcome, {{ name }}",
        ["welcome.html.liquid"] = "<p>Hello {{ name }}</p>",
    };

    private static SuppressionEntry Suppressed(EmailAddress recipient, SuppressionReason reason) => new() { Recipient = recipient, Reason = reason, Since = SomeEvent.Noon };

    private static string WithId(ReadOnlyMemory<byte> raw, MailId id, MailId other) => Encoding.ASCII.GetString(raw.Span)
        .Replace(id.ToString(), other.ToString(), StringComparison.Ordinal)
        .Replace(id.Value.ToString("N"), other.Value.ToString("N"), StringComparison.Ordinal);

    private sealed class CopyToArchive : IMailInterceptor
    {
        public ValueTask<EmailMessage> OnSendingAsync(EmailMessage message, CancellationToken cancellationToken) =>
            ValueTask.FromResult(message with { Bcc = [.. message.Bcc, "archive@acme.example"] });
    }
}
