using System.Globalization;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using TransactionalMail.Testing;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Benchmarks;

/// <summary>One order confirmation, step by step, beside the same steps on Fluid, MimeKit and MailKit alone.</summary>
/// <remarks>We also derive a text part, validate, and bound the rendering; the peers do not.</remarks>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
[ShortRunJob]
public class SendBenchmarks
{
    private static readonly CultureInfo s_culture = CultureInfo.GetCultureInfo("de-AT");
    private readonly OrderConfirmation _order = OrderConfirmation.Of(20);
    private LocalSmtpServer _server = null!;
    private ServiceProvider _services = null!;
    private IEmailTemplateRenderer _renderer = null!;
    private ITransactionalMailer _composing = null!;
    private ITransactionalMailer _sending = null!;
    private RawMail _raw = null!;

    [GlobalSetup]
    public void Setup()
    {
        using var rsa = RSA.Create(2048);
        var key = rsa.ExportPkcs8PrivateKeyPem();
        _server = LocalSmtpServer.Start(new() { RetainMessages = false, TranscriptCapacity = 0 });
        var services = new ServiceCollection();
        services.AddTransactionalMail(mail => mail.From = "Acme <no-reply@acme.example>")
            .AddTemplates("Templates")
            .AddDkim(new DkimOptions { Domain = "acme.example", Selector = "bench", PrivateKey = key })
            .AddTransport("nowhere", static _ => new Nowhere())
            .AddSmtp("local", smtp => (smtp.Host, smtp.Port, smtp.Security) = (_server.Host, _server.Port, SmtpSecurity.None))
            .AddStream("compose", static stream => stream.Transports.Add("nowhere"))
            .AddStream("send", static stream => stream.Transports.Add("local"));
        _services = services.BuildServiceProvider();
        _renderer = _services.GetRequiredService<IEmailTemplateRenderer>();
        _composing = _services.GetRequiredKeyedService<ITransactionalMailer>("compose");
        _sending = _services.GetRequiredKeyedService<ITransactionalMailer>("send");
        _raw = new RawMail(key);
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Benchmark(Baseline = true), BenchmarkCategory("1 render")]
    public Task<(string, string)> RenderWithFluid() => _raw.RenderAsync(_order, s_culture);

    [Benchmark, BenchmarkCategory("1 render")]
    public async Task<RenderedEmail> Render() => await _renderer.RenderAsync(OrderConfirmation.Template.With(_order, s_culture));

    [Benchmark(Baseline = true), BenchmarkCategory("2 render, compose, sign")]
    public async Task ComposeWithMimeKit()
    {
        using var message = await _raw.ComposeAsync(_order, s_culture);
        await message.WriteToAsync(FormatOptions.Default, Stream.Null);
    }

    [Benchmark, BenchmarkCategory("2 render, compose, sign")]
    public Task<MailReceipt> Compose() => _composing.SendAsync(Message());

    [Benchmark(Baseline = true), BenchmarkCategory("3 render, compose, sign, send")]
    public Task SendWithMailKit() => _raw.SendAsync(_order, s_culture, _server.Port);

    [Benchmark, BenchmarkCategory("3 render, compose, sign, send")]
    public Task<MailReceipt> Send() => _sending.SendAsync(Message());

    private EmailMessage Message() => new() { To = ["Ada Lovelace <ada@example.com>"], Template = OrderConfirmation.Template.With(_order, s_culture) };

    /// <summary>Takes the bytes and drops them, so that everything before the network is measured.</summary>
    private sealed class Nowhere : IMailTransport
    {
        public MailFeatures Features => MailFeatures.Mime;

        public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
        {
            await mail.WriteToAsync(Stream.Null, cancellationToken);
            return TransportReceipt.Accepted(mail, "nowhere");
        }
    }
}
