using System.Globalization;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using TransactionalMail.Testing;

namespace TransactionalMail.Benchmarks;

/// <summary>One order confirmation, rendered, composed, signed and sent to a server on this machine, beside the same on Fluid, MimeKit and MailKit alone.</summary>
/// <remarks>
/// The baselines give MailKit a socket without Nagle's algorithm, as ours has: they are MailKit at its best. The rows named
/// <c>AsItComes</c> connect as its documentation does, and wait for the server's delayed acknowledgement.
/// </remarks>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
[ShortRunJob]
public class SendBenchmarks
{
    private const string UpToTheNetwork = "1 render, compose, sign";
    private const string ConnectionPerMail = "2 and send, a connection each";
    private const string ConnectionKept = "3 and send, one connection";

    private readonly CultureInfo _culture = CultureInfo.GetCultureInfo("de-AT");
    private readonly OrderConfirmation _order = OrderConfirmation.Of(20);
    private readonly RawTemplates _templates = new();
    private readonly SmtpClient _kept = new();
    private readonly SmtpClient _keptAsItComes = new();
    private LocalSmtpServer _server = null!;
    private OurMail _ours = null!;
    private RawMail _raw = null!;
    private ITransactionalMailer _composing = null!;
    private ITransactionalMailer _sending = null!;
    private ITransactionalMailer _sendingAgain = null!;

    [GlobalSetup]
    public async Task Setup()
    {
        var key = OurMail.NewPrivateKey();
        _server = LocalSmtpServer.Start(new() { RetainMessages = false, TranscriptCapacity = 0 });
        _ours = new OurMail(key, _server.Port);
        _raw = new RawMail(key);
        _composing = _ours.Composing;
        _sending = _ours.Sending;
        _sendingAgain = _ours.SendingAgain;
        await ConnectAsync(_kept);
        await ConnectAsItComesAsync(_keptAsItComes);
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        _kept.Dispose();
        _keptAsItComes.Dispose();
        await _ours.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Benchmark(Baseline = true), BenchmarkCategory(UpToTheNetwork)]
    public async Task ComposeWithMimeKit()
    {
        using var message = await ComposeAsync();
        await message.WriteToAsync(Stream.Null);
    }

    [Benchmark, BenchmarkCategory(UpToTheNetwork)]
    public Task<MailReceipt> Compose() => _composing.SendAsync(Message());

    [Benchmark(Baseline = true), BenchmarkCategory(ConnectionPerMail)]
    public async Task SendWithMailKit()
    {
        using var client = new SmtpClient();
        await ConnectAsync(client);
        await SendAsync(client);
        await client.DisconnectAsync(quit: true);
    }

    [Benchmark, BenchmarkCategory(ConnectionPerMail)]
    public async Task SendWithMailKitAsItComes()
    {
        using var client = new SmtpClient();
        await ConnectAsItComesAsync(client);
        await SendAsync(client);
        await client.DisconnectAsync(quit: true);
    }

    [Benchmark, BenchmarkCategory(ConnectionPerMail)]
    public Task<MailReceipt> Send() => _sending.SendAsync(Message());

    [Benchmark(Baseline = true), BenchmarkCategory(ConnectionKept)]
    public Task SendAgainWithMailKit() => SendAsync(_kept);

    [Benchmark, BenchmarkCategory(ConnectionKept)]
    public Task SendAgainWithMailKitAsItComes() => SendAsync(_keptAsItComes);

    [Benchmark, BenchmarkCategory(ConnectionKept)]
    public Task<MailReceipt> SendAgain() => _sendingAgain.SendAsync(Message());

    private EmailMessage Message() => new() { To = ["Ada Lovelace <ada@example.com>"], Template = OrderConfirmation.Template.With(_order, _culture) };

    private async Task<MimeMessage> ComposeAsync() => _raw.ComposeAndSign(await _templates.RenderAsync(_order, _culture));

    private async Task SendAsync(SmtpClient client)
    {
        using var message = await ComposeAsync();
        await client.SendAsync(message);
    }

    private async Task ConnectAsync(SmtpClient client)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_server.Host, _server.Port);
        await client.ConnectAsync(socket, _server.Host, _server.Port, SecureSocketOptions.None);
    }

    private Task ConnectAsItComesAsync(SmtpClient client) => client.ConnectAsync(_server.Host, _server.Port, SecureSocketOptions.None);
}
