using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Audit;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Webhooks;

/// <summary>Forged requests of every provider over a real server: none is taken, none does harm. <c>TRANSACTIONALMAIL_FORGERIES=100000</c> sends more of them.</summary>
public sealed class ForgedRequestTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private static int Count => int.TryParse(Environment.GetEnvironmentVariable("TRANSACTIONALMAIL_FORGERIES"), CultureInfo.InvariantCulture, out var count) ? count : 4_000;

    [Fact]
    public async Task None_is_taken_none_fails_and_none_makes_the_application_ask_a_stranger_W01_W02_W03_W04()
    {
        await using var host = await WebhookHost.StartAsync();
        await using var stranger = await WebhookHost.StartAsync();
        var genuine = await CreateAsync(host);
        var strange = await CreateAsync(stranger);
        var stale = await CreateStaleAsync(host);
        foreach (var (provider, webhooks) in genuine) (await PostAsync(host, provider, webhooks)).Should().AllBeEquivalentTo(200, "a token of Mailgun's is for one event, and that event has come");
        await host.FlushAsync();
        var (recorded, handled) = (await RecordedAsync(host), host.Handled.Count);
        host.Asked.Should().NotBeEmpty("mail goes out over the same client, so that what else does would be seen");
        host.Asked.Clear();

        using var client = new HttpClient();
        var answers = new ConcurrentDictionary<(string How, int Status), int>();
        await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = s_ct }, async (i, cancellationToken) =>
        {
            var forgery = Forgery.Make(genuine, stale, strange, new Random(i));
            var status = (int)await forgery.Webhook.PostAsync(host.AddressOf(forgery.Path), client, cancellationToken);
            answers.AddOrUpdate((forgery.How, status), 1, static (_, n) => n + 1);
        });

        await host.FlushAsync();
        foreach (var ((how, status), count) in answers.OrderBy(static a => a.Key)) TestContext.Current.TestOutputHelper?.WriteLine($"{how}: {status} {count} times");
        answers.Values.Sum().Should().Be(Count);
        answers.Keys.Should().OnlyContain(static a => a.Status == 400 || a.Status == 401 || a.Status == 404 || a.Status == 415);
        host.Asked.Should().BeEmpty("only the pinned host is asked, which is simulated");
        (await RecordedAsync(host)).Should().Be(recorded);
        host.Handled.Should().HaveCount(handled);
        foreach (var (provider, webhooks) in await CreateAsync(host)) (await PostAsync(host, provider, webhooks)).Should().AllBeEquivalentTo(200, "the server still hears {0}", provider);
    }

    /// <summary>Makes one request of every provider for each of several mails and kinds.</summary>
    private static async Task<Dictionary<string, SimulatedWebhook[]>> CreateAsync(WebhookHost host)
    {
        var webhooks = new Dictionary<string, SimulatedWebhook[]>();
        foreach (var provider in WebhookHost.Providers)
        {
            EmailAddress recipient = $"{Guid.NewGuid():N}@example.com";
            await host.SendAsync(provider, Some.Email(recipient) with { Tags = ["receipt"], Metadata = new Dictionary<string, string> { ["order"] = "42" } });
            SimulatedReport[] reports = [SimulatedReport.Delivery(recipient), SimulatedReport.Open(recipient), SimulatedReport.Complaint(recipient), SimulatedReport.HardBounce(recipient)];
            webhooks.Add(provider, [.. reports.Select(host.Simulators[provider].CreateWebhook)]);
        }

        return webhooks;
    }

    private static async Task<Dictionary<string, SimulatedWebhook[]>> CreateStaleAsync(WebhookHost host)
    {
        var now = host.Clock.GetUtcNow();
        var stale = new Dictionary<string, SimulatedWebhook[]>();
        foreach (var provider in WebhookHost.Providers.Where(static p => p is not "postmark"))
        {
            EmailAddress recipient = $"{Guid.NewGuid():N}@example.com";
            await host.SendAsync(provider, Some.Email(recipient));
            stale.Add(provider, [.. new[] { -25, -2, 2, 25 }.Select(hours =>
            {
                host.Clock.AdjustTime(now.AddHours(hours));
                return host.Simulators[provider].CreateWebhook(SimulatedReport.HardBounce(recipient));
            })]);
            host.Clock.AdjustTime(now);
        }

        return stale;
    }

    private static async Task<int[]> PostAsync(WebhookHost host, string provider, SimulatedWebhook[] webhooks)
    {
        var answers = new List<int>();
        foreach (var webhook in webhooks) answers.Add((int)await webhook.PostAsync(host.AddressOf(provider), cancellationToken: s_ct));
        return [.. answers];
    }

    private static async Task<int> RecordedAsync(WebhookHost host) => await host.Services.GetRequiredService<IAuditAdmin>().FindAsync(new AuditFilter(), s_ct).CountAsync(s_ct);
}
