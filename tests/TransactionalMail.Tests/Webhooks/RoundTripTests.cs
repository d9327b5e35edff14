using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Suppression;
using TransactionalMail.Testing;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Tests.Webhooks;

/// <summary>From a mail sent through a simulated provider to what the provider tells of it, over a real server, the same for every provider.</summary>
public sealed class RoundTripTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private static readonly Uri s_link = new("https://acme.example/orders/42?from=mail");

    public static TheoryData<string> Providers => [.. WebhookHost.Providers];

    [Fact]
    public async Task No_provider_with_a_webhook_goes_without_a_round_trip()
    {
        await using var host = await WebhookHost.StartAsync();

        var shipped = Shipped.Types.Where(static t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IMailWebhook))).Select(static t => t.Name.Replace("Webhook", "", StringComparison.Ordinal).ToLowerInvariant());
        var simulated = Shipped.Types.Where(static t => t.IsSubclassOf(typeof(ProviderSimulator))).Select(static t => t.Name.Replace("Simulator", "", StringComparison.Ordinal).ToLowerInvariant());

        shipped.Should().BeEquivalentTo(WebhookHost.Providers);
        simulated.Should().BeEquivalentTo(WebhookHost.Providers);
        host.Simulators.Keys.Should().BeEquivalentTo(WebhookHost.Providers);
        host.Services.GetRequiredService<IMailWebhooks>().TransportNames.Should().BeEquivalentTo(WebhookHost.Providers);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_hard_bounce_comes_back_with_the_mail_and_stops_the_next_on_every_stream(string provider)
    {
        await using var host = await WebhookHost.StartAsync();
        var receipt = await host.SendAsync(provider, Mail("gone@example.com"));

        await host.ReportAsync(provider, SimulatedReport.HardBounce("gone@example.com"));

        var told = await ToldAsync<MailBounced>(host, provider, receipt);
        told.BounceKind.Should().Be(BounceKind.Hard);
        (await SuppressedAsync(host, "gone@example.com", provider)).Should().ContainSingle().Which.Reason.Should().Be(SuppressionReason.HardBounce);
        foreach (var stream in WebhookHost.Providers)
        {
            (await host.SendAsync(stream, Mail("gone@example.com", "ada@example.com"))).Recipients.Select(static r => r.Status).Should().Equal(RecipientStatus.Suppressed, RecipientStatus.Accepted);
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_complaint_comes_back_with_the_mail_and_stops_the_next_on_every_stream(string provider)
    {
        await using var host = await WebhookHost.StartAsync();
        var receipt = await host.SendAsync(provider, Mail("angry@example.com"));

        await host.ReportAsync(provider, SimulatedReport.Complaint("angry@example.com"));

        await ToldAsync<MailComplained>(host, provider, receipt);
        (await SuppressedAsync(host, "angry@example.com", provider)).Should().ContainSingle().Which.Reason.Should().Be(SuppressionReason.Complaint);
        foreach (var stream in WebhookHost.Providers)
        {
            (await host.SendAsync(stream, Mail("angry@example.com", "ada@example.com"))).Recipients.Select(static r => r.Status).Should().Equal(RecipientStatus.Suppressed, RecipientStatus.Accepted);
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task An_unsubscription_stops_its_own_stream_alone(string provider)
    {
        await using var host = await WebhookHost.StartAsync();
        var receipt = await host.SendAsync(provider, Mail("tired@example.com"));
        var reporting = () => host.ReportAsync(provider, SimulatedReport.Unsubscribe("tired@example.com"));
        if (provider is "ses")
        {
            (await reporting.Should().ThrowAsync<NotSupportedException>()).WithMessage("Amazon SES does not report Unsubscribe*");
            return;
        }

        await reporting();

        await ToldAsync<MailUnsubscribed>(host, provider, receipt);
        foreach (var stream in WebhookHost.Providers)
        {
            var expected = stream == provider ? RecipientStatus.Suppressed : RecipientStatus.Accepted;
            (await host.SendAsync(stream, Mail("tired@example.com", "ada@example.com"))).Recipients.Select(static r => r.Status).Should().Equal(expected, RecipientStatus.Accepted);
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task What_is_no_reason_to_stop_arrives_and_stops_nothing(string provider)
    {
        await using var host = await WebhookHost.StartAsync();
        var receipt = await host.SendAsync(provider, Mail("ada@example.com"));

        await host.ReportAsync(provider, SimulatedReport.Delivery("ada@example.com"));
        await host.ReportAsync(provider, SimulatedReport.Open("ada@example.com"));
        await host.ReportAsync(provider, SimulatedReport.Click("ada@example.com", s_link));
        await host.ReportAsync(provider, SimulatedReport.SoftBounce("ada@example.com"));

        await ToldAsync<MailDelivered>(host, provider, receipt);
        (await ToldAsync<MailOpened>(host, provider, receipt)).IsMachine.Should().BeFalse();
        (await ToldAsync<MailClicked>(host, provider, receipt)).Url.Should().Be(s_link.OriginalString);
        (await ToldAsync<MailBounced>(host, provider, receipt)).BounceKind.Should().Be(BounceKind.Soft);
        (await SuppressedAsync(host, "ada@example.com", provider)).Should().BeEmpty();
        (await host.SendAsync(provider, Mail("ada@example.com"))).Recipients.Should().ContainSingle().Which.Status.Should().Be(RecipientStatus.Accepted);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task The_same_request_is_handled_once_however_often_it_comes_W07(string provider)
    {
        await using var host = await WebhookHost.StartAsync();
        await host.SendAsync(provider, Mail("gone@example.com"));
        var webhook = host.Simulators[provider].CreateWebhook(SimulatedReport.HardBounce("gone@example.com"));

        for (var i = 0; i < 3; i++) ((int)await webhook.PostAsync(host.AddressOf(provider), cancellationToken: s_ct)).Should().Be(200);

        await host.FlushAsync();
        host.Handled.OfType<MailBounced>().Should().ContainSingle();
    }

    private static EmailMessage Mail(params EmailAddress[] to) => Some.Email(to) with { Tags = ["receipt"], Metadata = new Dictionary<string, string> { ["order"] = "42" } };

    /// <summary>Returns the one event of its kind that was told of a mail: with everything the mail was sent with, and handled once.</summary>
    private static async Task<T> ToldAsync<T>(WebhookHost host, string provider, MailReceipt receipt) where T : MailEvent
    {
        var told = (await host.HistoryAsync(receipt.Id)).OfType<T>().Should().ContainSingle().Which;
        (told.MailId, told.StreamName, told.TransportName, told.Recipient!.Address).Should().Be((receipt.Id, provider, provider, receipt.Recipients[0].Recipient.Address));
        told.Tags.Should().Equal("receipt");
        told.Metadata.Should().Equal(new Dictionary<string, string> { ["order"] = "42" });
        told.ProviderMessageId.Should().Be(receipt.Recipients[0].ProviderMessageId);
        told.OccurredAt.Should().BeCloseTo(host.Clock.GetUtcNow(), TimeSpan.FromSeconds(1));
        host.Handled.OfType<T>().Should().ContainSingle();
        return told;
    }

    private static async Task<IReadOnlyList<SuppressionEntry>> SuppressedAsync(WebhookHost host, EmailAddress recipient, string stream) =>
        await host.Services.GetRequiredService<ISuppressionList>().FindAsync([recipient], stream, s_ct);
}
