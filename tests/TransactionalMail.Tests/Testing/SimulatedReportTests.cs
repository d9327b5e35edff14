using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Webhooks;
using TransactionalMail.Transports.Http;

namespace TransactionalMail.Tests.Testing;

/// <summary>What simulated providers report, and of which mail.</summary>
public sealed class SimulatedReportTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    /// <summary>What the mail brought along, and what SendGrid documents and no sample has.</summary>
    private static readonly string[] s_otherwiseKnown = ["transactionalmail-id", "tag", "sg_machine_open"];

    public static TheoryData<string> Providers => [.. WebhookHost.Providers];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Is_about_the_newest_mail_or_the_one_it_names(string provider)
    {
        await using var host = await WebhookHost.StartAsync();
        var first = await host.SendAsync(provider, Some.Email("ada@example.com"));
        var second = await host.SendAsync(provider, Some.Email("ada@example.com"));

        await host.ReportAsync(provider, SimulatedReport.Delivery("ADA@example.com"));
        await host.ReportAsync(provider, SimulatedReport.Delivery("ada@example.com") with { ProviderMessageId = first.Recipients[0].ProviderMessageId, OccurredAt = host.Clock.GetUtcNow().AddMinutes(-3) });

        host.Handled.OfType<MailDelivered>().Select(static e => e.MailId).Should().Equal(second.Id, first.Id);
        host.Handled.OfType<MailDelivered>().Last().OccurredAt.Should().BeCloseTo(host.Clock.GetUtcNow().AddMinutes(-3), TimeSpan.FromSeconds(1));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Is_about_copies_as_well(string provider)
    {
        await using var host = await WebhookHost.StartAsync();
        var receipt = await host.SendAsync(provider, Some.Email("ada@example.com") with { Cc = ["grace@example.com"], Bcc = ["hidden@example.com"] });

        await host.ReportAsync(provider, SimulatedReport.HardBounce("hidden@example.com"));

        host.Handled.OfType<MailBounced>().Should().ContainSingle(bounced => bounced.MailId == receipt.Id).Which.Recipient!.Address.Should().Be("hidden@example.com");
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Is_never_about_a_mail_that_was_not_accepted(string provider)
    {
        await using var host = await WebhookHost.StartAsync();
        await host.SendAsync(provider, Some.Email("ada@example.com"));
        var (toNobody, ofNone) = (SimulatedReport.Delivery("nobody@example.com"), SimulatedReport.Delivery("ada@example.com") with { ProviderMessageId = "none" });

        host.Simulators[provider].Invoking(simulator => simulator.CreateWebhook(toNobody)).Should().Throw<InvalidOperationException>().WithMessage("*no mail for nobody@example.com*");
        host.Simulators[provider].Invoking(simulator => simulator.CreateWebhook(ofNone)).Should().Throw<InvalidOperationException>().WithMessage("*with the id none*");
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Has_no_field_that_the_provider_does_not_send(string provider)
    {
        var known = Directory.GetFiles(SharedData.Path($"provider-apis/webhooks/{provider}"), "*.json").SelectMany(static file => NamesIn(JsonNode.Parse(File.ReadAllText(file)))).ToHashSet();
        await using var host = await WebhookHost.StartAsync();
        await host.SendAsync(provider, Some.Email("ada@example.com") with { Tags = ["receipt"] });

        foreach (var kind in Enum.GetValues<SimulatedReportKind>().Where(kind => (provider, kind) is not ("ses", SimulatedReportKind.Unsubscribe)))
        {
            var body = JsonNode.Parse(host.Simulators[provider].CreateWebhook(ReportOf(kind)).Body.Span);
            NamesIn(body).Except(known).Except(s_otherwiseKnown).Should().BeEmpty("{0} does not write it into {1}", provider, kind);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Both_versions_of_SNS_signatures_prove_it(int version)
    {
        await using var host = await WebhookHost.StartAsync(signatureVersion: version);
        await host.SendAsync("ses", Some.Email("ada@example.com"));

        await host.ReportAsync("ses", SimulatedReport.Delivery("ada@example.com"));

        host.Handled.OfType<MailDelivered>().Should().ContainSingle();
    }

    [Fact]
    public async Task A_subscription_to_SNS_is_confirmed()
    {
        await using var host = await WebhookHost.StartAsync();
        var ses = (SesSimulator)host.Simulators["ses"];
        ses.IsSubscribed.Should().BeFalse();

        ((int)await ses.CreateSubscription().PostAsync(host.AddressOf("ses"), cancellationToken: s_ct)).Should().Be(200);

        ses.IsSubscribed.Should().BeTrue();
    }

    [Fact]
    public async Task A_client_with_a_base_address_posts_to_a_path()
    {
        await using var host = await WebhookHost.StartAsync();
        await host.SendAsync("postmark", Some.Email("ada@example.com"));
        using var client = new HttpClient { BaseAddress = new Uri(host.AddressOf("postmark"), "/") };

        (await host.Simulators["postmark"].ReportAsync(SimulatedReport.Delivery("ada@example.com"), new Uri("/mail/webhooks/postmark", UriKind.Relative), client, s_ct)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task SNS_is_simulated_whatever_the_order_of_registration_and_for_its_own_host_alone()
    {
        await using var ses = new SesSimulator();
        var services = new ServiceCollection();
        services.UseSimulatedSns(ses);
        services.AddTransactionalMail();
        services.AddHttpClient(HttpMailTransport.ClientName).ConfigurePrimaryHttpMessageHandler(static () => new Nowhere());
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpMailTransport.ClientName);
        var certificate = ses.Topic.CertificateUrl;

        (await client.GetStringAsync(certificate, s_ct)).Should().Be(ses.Topic.CertificatePem);
        (await client.GetAsync(new Uri(certificate, "/other.pem"), s_ct)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        foreach (var other in (string[])[$"http://{certificate.Host}{certificate.AbsolutePath}", $"https://{certificate.Host}:8443{certificate.AbsolutePath}", $"https://sns.eu-west-1.amazonaws.com{certificate.AbsolutePath}"])
        {
            (await client.GetAsync(new Uri(other), s_ct)).StatusCode.Should().Be((HttpStatusCode)418, "{0} is somebody else's", other);
        }
    }

    private static SimulatedReport ReportOf(SimulatedReportKind kind) => kind switch
    {
        SimulatedReportKind.Delivery => SimulatedReport.Delivery("ada@example.com"),
        SimulatedReportKind.HardBounce => SimulatedReport.HardBounce("ada@example.com"),
        SimulatedReportKind.SoftBounce => SimulatedReport.SoftBounce("ada@example.com"),
        SimulatedReportKind.Complaint => SimulatedReport.Complaint("ada@example.com"),
        SimulatedReportKind.Unsubscribe => SimulatedReport.Unsubscribe("ada@example.com"),
        SimulatedReportKind.Open => SimulatedReport.Open("ada@example.com"),
        _ => SimulatedReport.Click("ada@example.com", new Uri("https://acme.example/")),
    };

    /// <summary>Returns the names of all fields, in what is JSON inside of JSON as well.</summary>
    private static IEnumerable<string> NamesIn(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(static f => (IEnumerable<string>)[f.Key, .. NamesIn(f.Value)]),
        JsonArray items => items.SelectMany(NamesIn),
        JsonValue value when value.TryGetValue<string>(out var text) && text.StartsWith('{') => NamesIn(JsonNode.Parse(text)),
        _ => [],
    };

    private sealed class Nowhere : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(new HttpResponseMessage((HttpStatusCode)418));
    }
}
