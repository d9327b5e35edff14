using System.Globalization;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;

namespace TransactionalMail.Benchmarks;

/// <summary>One rendered mail becomes bytes beside MimeKit alone, unsigned and with a 2048-bit RSA signature; the difference is the signature.</summary>
/// <remarks>
/// Ours also validates every field, accepts the mail and reports its recipients; it signs a few fields more. MimeKit signs with its
/// own managed RSA, as it does for whoever gives its <c>DkimSigner</c> a key.
/// </remarks>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
[ShortRunJob]
public class SignBenchmarks
{
    private OurMail _ours = null!;
    private RawMail _raw = null!;
    private RenderedEmail _rendered = null!;
    private ITransactionalMailer _mailer = null!;
    private EmailMessage _signed = null!;
    private EmailMessage _unsigned = null!;

    [GlobalSetup]
    public async Task Setup()
    {
        var key = OurMail.NewPrivateKey();
        _ours = new OurMail(key);
        _raw = new RawMail(key);
        _mailer = _ours.Composing;
        _rendered = await new RawTemplates().RenderAsync(OrderConfirmation.Of(20), CultureInfo.GetCultureInfo("de-AT"));
        _signed = new() { To = ["Ada Lovelace <ada@example.com>"], Subject = _rendered.Subject, HtmlBody = _rendered.HtmlBody, TextBody = _rendered.TextBody };
        _unsigned = _signed with { From = "Acme <no-reply@unsigned.example>" };
    }

    [GlobalCleanup]
    public async Task Cleanup() => await _ours.DisposeAsync();

    [Benchmark(Baseline = true), BenchmarkCategory("1 compose")]
    public void ComposeWithMimeKit()
    {
        using var message = RawMail.Compose(_rendered);
        message.WriteTo(Stream.Null);
    }

    [Benchmark, BenchmarkCategory("1 compose")]
    public Task<MailReceipt> Compose() => _mailer.SendAsync(_unsigned);

    [Benchmark(Baseline = true), BenchmarkCategory("2 compose, sign")]
    public void SignWithMimeKit()
    {
        using var message = _raw.ComposeAndSign(_rendered);
        message.WriteTo(Stream.Null);
    }

    [Benchmark, BenchmarkCategory("2 compose, sign")]
    public Task<MailReceipt> Sign() => _mailer.SendAsync(_signed);
}
