using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Audit;
using TransactionalMail.Events;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Webhooks;

/// <summary>What the endpoint answers, over a real server. What becomes of that which it takes is in <see cref="RoundTripTests"/>.</summary>
public sealed class MailWebhookEndpointTests : IAsyncDisposable
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly PostmarkSimulator _postmark = new();
    private readonly HttpClient _client = new();
    private readonly Handler _handler = new();
    private readonly Audit _audit = new();
    private Microsoft.AspNetCore.Builder.WebApplication? _application;

    [Fact]
    public async Task A_handler_that_fails_is_the_applications_matter_W09()
    {
        _handler.IsBroken = true;
        await StartAsync();

        (await PostAsync(await BounceAsync())).Should().Be(200);

        await UntilAsync(async () => (await SuppressedAsync("gone@example.com")).Count > 0);
    }

    [Fact]
    public async Task Asks_to_be_told_again_while_the_audit_cannot_store_W09()
    {
        await StartAsync();
        var report = await BounceAsync();
        _audit.CannotStore = true;

        (await PostAsync(report)).Should().Be(503);
        (await SuppressedAsync("gone@example.com")).Should().BeEmpty("nothing is done that is not stored");
        _audit.CannotStore = false;
        (await PostAsync(report)).Should().Be(200);

        await UntilAsync(async () => (await SuppressedAsync("gone@example.com")).Count > 0);
    }

    [Fact]
    public async Task An_audit_that_cannot_be_read_asks_to_be_told_again_W09()
    {
        await StartAsync();
        var report = await BounceAsync();
        _audit.CannotRead = true;

        (await PostAsync(report)).Should().Be(503);
    }

    [Fact]
    public async Task Is_open_to_the_provider_alone_W01()
    {
        await StartAsync();

        var report = await BounceAsync();

        (await PostAsync(With(report, "Authorization", $"Basic {Convert.ToBase64String("postmark:another password that is long"u8)}"))).Should().Be(401);
        (await PostAsync(report, "/mail/webhooks/backup")).Should().Be(404);
        (await PostAsync(report, "/mail/webhooks/nobody")).Should().Be(404);
        (await _client.GetAsync(Address("/mail/webhooks/postmark"), s_ct)).StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        (await PostAsync(With(report, "Content-Type", "text/xml"))).Should().Be(415);
        (await PostAsync(report with { Body = "{"u8.ToArray() })).Should().Be(400);
        await _application!.Services.GetRequiredService<MailEventDispatcher>().FlushAsync(s_ct);
        _handler.Handled.Should().AllBeOfType<MailAccepted>("that is what became of the mail when it was sent");
    }

    [Fact]
    public async Task Does_not_read_what_no_provider_sends_W06()
    {
        await StartAsync();
        var report = await BounceAsync();
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(new byte[10_000_000]);

        (await PostAsync(report with { Body = new byte[5_000_000] })).Should().Be(413);
        (await PostAsync(With(report, "Content-Encoding", "gzip") with { Body = bomb.ToArray() })).Should().Be(415);
        (await EndlessAsync()).Should().Contain("413");
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null) await _application.DisposeAsync();
        await _postmark.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>Sends a mail, and returns what Postmark would report of it.</summary>
    private async Task<SimulatedWebhook> BounceAsync()
    {
        await _application!.Services.GetRequiredService<ITransactionalMailer>().SendAsync(Some.Email("gone@example.com"), s_ct);
        await _application.Services.GetRequiredService<MailEventDispatcher>().FlushAsync(s_ct); // the audit knows of the mail before anybody tells of it
        return _postmark.CreateWebhook(SimulatedReport.HardBounce("gone@example.com"));
    }

    private static SimulatedWebhook With(SimulatedWebhook webhook, string header, string value) =>
        webhook with { Headers = new Dictionary<string, string>(webhook.Headers, StringComparer.OrdinalIgnoreCase) { [header] = value } };

    private async Task StartAsync()
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddTransactionalMail(options => options.From = "shop@acme.example")
            .AddPostmark(postmark => (postmark.Token, postmark.BaseAddress, postmark.WebhookUserName, postmark.WebhookPassword) = (_postmark.Token, _postmark.BaseAddress, _postmark.WebhookUserName, _postmark.WebhookPassword))
            .AddPostmark("backup", postmark => (postmark.Token, postmark.BaseAddress) = (_postmark.Token, _postmark.BaseAddress))
            .AddStream("default", stream => stream.Transports.Add("postmark"))
            .AddStream("backup", stream => stream.Transports.Add("backup"));
        builder.Services.AddSingleton<IMailEventHandler>(_handler);
        builder.Services.AddSingleton<IMailAudit>(_audit);
        _application = builder.Build();
        _application.MapMailWebhooks();
        await _application.StartAsync(s_ct);
    }

    private Uri Address(string path) => new(new Uri(_application!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), path);

    private async Task<int> PostAsync(SimulatedWebhook webhook, string path = "/mail/webhooks/postmark") => (int)await webhook.PostAsync(Address(path), _client, s_ct);

    /// <summary>Sends a body without a length that has no end, and returns what is answered.</summary>
    private async Task<string> EndlessAsync()
    {
        var address = Address("/mail/webhooks/postmark");
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, s_ct);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {address.AbsolutePath} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_postmark.WebhookUserName}:{_postmark.WebhookPassword}"))}\r\nTransfer-Encoding: chunked\r\n\r\n"), s_ct);
        var answered = new byte[100];
        var reading = stream.ReadAsync(answered, s_ct).AsTask();
        byte[] chunk = [.. "10000\r\n"u8, .. new byte[65536], .. "\r\n"u8];
        for (var i = 0; i < 200 && !reading.IsCompleted; i++) await stream.WriteAsync(chunk, s_ct);
        return Encoding.ASCII.GetString(answered, 0, await reading);
    }

    private async Task<IReadOnlyList<SuppressionEntry>> SuppressedAsync(EmailAddress recipient) => await _application!.Services.GetRequiredService<ISuppressionList>().FindAsync([recipient], "default", s_ct);

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 500 && !await holds(); i++) await Task.Delay(10, s_ct);
        (await holds()).Should().BeTrue();
    }

    private sealed class Handler : IMailEventHandler
    {
        public bool IsBroken { get; set; }

        public ConcurrentQueue<MailEvent> Handled { get; } = [];

        public ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken)
        {
            if (IsBroken) throw new InvalidOperationException("broken");
            Handled.Enqueue(mailEvent);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>An audit that can fail.</summary>
    private sealed class Audit : IMailAudit
    {
        private readonly InMemoryMailAudit _audit = new();

        public bool CannotStore { get; set; }

        public bool CannotRead { get; set; }

        public ValueTask<IReadOnlyList<MailEvent>> AppendAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken) =>
            CannotStore ? throw new IOException("The disk is full.") : _audit.AppendAsync(events, cancellationToken);

        public IAsyncEnumerable<MailEvent> ReadAsync(MailId mailId, CancellationToken cancellationToken = default) =>
            CannotRead ? throw new IOException("The disk is gone.") : _audit.ReadAsync(mailId, cancellationToken);
    }
}
