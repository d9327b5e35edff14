using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
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

/// <summary>From a mail sent through a simulated provider to what the provider tells of it, over a real server.</summary>
public sealed class MailWebhookEndpointTests : IAsyncDisposable
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly PostmarkSimulator _postmark = new();
    private readonly HttpClient _client = new();
    private readonly Handler _handler = new();
    private readonly Audit _audit = new();
    private Microsoft.AspNetCore.Builder.WebApplication? _application;

    [Fact]
    public async Task A_bounce_comes_back_with_the_mail_and_stops_the_next_on_every_transport()
    {
        await StartAsync();
        var mailer = _application!.Services.GetRequiredService<ITransactionalMailer>();
        var receipt = await mailer.SendAsync(Mail("gone@example.com"), s_ct);
        var sent = _postmark.Mails.Single();
        await _application.Services.GetRequiredService<MailEventDispatcher>().FlushAsync(s_ct); // the audit knows of the mail before anybody tells of it

        (await PostAsync(Bounce(sent["Metadata"]!.ToJsonString(), "gone@example.com"))).Should().Be(200);

        var told = (await HistoryAsync(receipt.Id)).OfType<MailBounced>().Should().ContainSingle().Which;
        (told.MailId, told.BounceKind, told.StreamName, told.TransportName, told.Recipient!.Address).Should().Be((receipt.Id, BounceKind.Hard, "default", "postmark", "gone@example.com"));
        told.Tags.Should().Equal("receipt");
        told.Metadata.Should().Equal(new Dictionary<string, string> { ["order"] = "42" });
        await UntilAsync(async () => (await SuppressedAsync("gone@example.com")).Count > 0);
        (await SuppressedAsync("gone@example.com")).Should().ContainSingle().Which.Reason.Should().Be(SuppressionReason.HardBounce);

        (await mailer.SendAsync(Mail("gone@example.com", "ada@example.com"), s_ct)).Recipients[0].Status.Should().Be(RecipientStatus.Suppressed);
        (await _application.Services.GetRequiredKeyedService<ITransactionalMailer>("backup").SendAsync(Mail("gone@example.com", "ada@example.com"), s_ct)).Recipients[0].Status.Should().Be(RecipientStatus.Suppressed);
    }

    [Fact]
    public async Task What_is_told_twice_is_handled_once_W07()
    {
        await StartAsync();
        var report = Bounce("{}", "gone@example.com");

        for (var i = 0; i < 3; i++) (await PostAsync(report)).Should().Be(200);

        await UntilAsync(() => Task.FromResult(Handled<MailBounced>() > 0));
        await _application!.Services.GetRequiredService<MailEventDispatcher>().FlushAsync(s_ct);
        Handled<MailBounced>().Should().Be(1);
    }

    [Fact]
    public async Task A_handler_that_fails_is_the_applications_matter_W09()
    {
        _handler.IsBroken = true;
        await StartAsync();

        (await PostAsync(Bounce("{}", "gone@example.com"))).Should().Be(200);

        await UntilAsync(async () => (await SuppressedAsync("gone@example.com")).Count > 0);
    }

    [Fact]
    public async Task Asks_to_be_told_again_while_the_audit_cannot_store_W09()
    {
        _audit.CannotStore = true;
        await StartAsync();
        var report = Bounce("{}", "gone@example.com");

        (await PostAsync(report)).Should().Be(503);
        (await SuppressedAsync("gone@example.com")).Should().BeEmpty("nothing is done that is not stored");
        _audit.CannotStore = false;
        (await PostAsync(report)).Should().Be(200);

        await UntilAsync(async () => (await SuppressedAsync("gone@example.com")).Count > 0);
    }

    [Fact]
    public async Task An_audit_that_cannot_be_read_asks_to_be_told_again_W09()
    {
        _audit.CannotRead = true;
        await StartAsync();

        (await PostAsync(Bounce($"{{\"transactionalmail-id\":\"{MailId.New(DateTimeOffset.UtcNow)}\"}}", "gone@example.com"))).Should().Be(503);
    }

    [Fact]
    public async Task Is_open_to_the_provider_alone_W01()
    {
        await StartAsync();

        (await PostAsync(Bounce("{}", "a@example.com"), password: "another password that is long")).Should().Be(401);
        (await PostAsync(Bounce("{}", "a@example.com"), path: "/mail/webhooks/backup")).Should().Be(404);
        (await PostAsync(Bounce("{}", "a@example.com"), path: "/mail/webhooks/nobody")).Should().Be(404);
        (await _client.GetAsync(Address("/mail/webhooks/postmark"), s_ct)).StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        (await PostAsync(Bounce("{}", "a@example.com"), type: "text/xml")).Should().Be(415);
        (await PostAsync("{")).Should().Be(400);
        await _application!.Services.GetRequiredService<MailEventDispatcher>().FlushAsync(s_ct);
        _handler.Handled.Should().BeEmpty();
    }

    [Fact]
    public async Task Does_not_read_what_no_provider_sends_W06()
    {
        await StartAsync();
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(new byte[10_000_000]);

        (await PostAsync(new ByteArrayContent(new byte[5_000_000]) { Headers = { ContentType = new("application/json") } })).Should().Be(413);
        (await PostAsync(new ByteArrayContent(bomb.ToArray()) { Headers = { ContentType = new("application/json"), ContentEncoding = { "gzip" } } })).Should().Be(415);
        (await EndlessAsync()).Should().Contain("413");
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null) await _application.DisposeAsync();
        await _postmark.DisposeAsync();
        _client.Dispose();
    }

    private static EmailMessage Mail(params EmailAddress[] to) => Some.Email(to) with { Tags = ["receipt"], Metadata = new Dictionary<string, string> { ["order"] = "42" } };

    private static string Bounce(string metadata, string recipient) =>
        $$"""{"RecordType":"Bounce","Type":"HardBounce","ID":4323372036854775807,"MessageID":"883953f4-6105-42a2-a16a-77a8eac79483","Email":"{{recipient}}","Tag":"receipt","BouncedAt":"2026-11-24T12:00:00Z","Details":"550 no such user","Metadata":{{metadata}}}""";

    private async Task StartAsync()
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddTransactionalMail(options => options.From = "shop@acme.example")
            .AddPostmark(postmark => (postmark.Token, postmark.BaseAddress, postmark.WebhookUserName, postmark.WebhookPassword) = (_postmark.Token, _postmark.BaseAddress, "postmark", "a password that is long"))
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

    private Task<int> PostAsync(string body, string password = "a password that is long", string path = "/mail/webhooks/postmark", string type = "application/json") =>
        PostAsync(new StringContent(body, Encoding.UTF8, type), password, path);

    private async Task<int> PostAsync(HttpContent content, string password = "a password that is long", string path = "/mail/webhooks/postmark")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(path)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"postmark:{password}")));
        using var response = await _client.SendAsync(request, s_ct);
        return (int)response.StatusCode;
    }

    /// <summary>Sends a body without a length that has no end, and returns what is answered.</summary>
    private async Task<string> EndlessAsync()
    {
        var address = Address("/mail/webhooks/postmark");
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, s_ct);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {address.AbsolutePath} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Basic {Convert.ToBase64String("postmark:a password that is long"u8)}\r\nTransfer-Encoding: chunked\r\n\r\n"), s_ct);
        var answered = new byte[100];
        var reading = stream.ReadAsync(answered, s_ct).AsTask();
        byte[] chunk = [.. "10000\r\n"u8, .. new byte[65536], .. "\r\n"u8];
        for (var i = 0; i < 200 && !reading.IsCompleted; i++) await stream.WriteAsync(chunk, s_ct);
        return Encoding.ASCII.GetString(answered, 0, await reading);
    }

    private async Task<List<MailEvent>> HistoryAsync(MailId id) => await _application!.Services.GetRequiredService<IMailAudit>().ReadAsync(id, s_ct).ToListAsync(s_ct);

    private async Task<IReadOnlyList<SuppressionEntry>> SuppressedAsync(EmailAddress recipient) => await _application!.Services.GetRequiredService<ISuppressionList>().FindAsync([recipient], "default", s_ct);

    private int Handled<T>() => _handler.Handled.OfType<T>().Count();

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
