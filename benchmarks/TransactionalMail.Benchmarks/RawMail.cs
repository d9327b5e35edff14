using System.Globalization;
using System.Text.Encodings.Web;
using Fluid;
using Fluid.Values;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using MimeKit.Cryptography;

namespace TransactionalMail.Benchmarks;

/// <summary>The same mail as one would write it on Fluid, MimeKit and MailKit alone, with the same care: encoded, signed, over-signed.</summary>
internal sealed class RawMail
{
    private static readonly string[] s_signed =
        ["From", "From", "To", "To", "Subject", "Subject", "Date", "Date", "Message-Id", "MIME-Version", "Content-Type"];

    private readonly TemplateOptions _options = new();
    private readonly IFluidTemplate _subject;
    private readonly IFluidTemplate _body;
    private readonly IFluidTemplate _layout;
    private readonly IFluidTemplate _footer;
    private readonly DkimSigner _signer;

    public RawMail(string privateKey)
    {
        var parser = new FluidParser();
        _subject = parser.Parse(Read("order-confirmation.subject"));
        _body = parser.Parse(Read("order-confirmation.html").Replace("{% layout 'base' %}", "", StringComparison.Ordinal));
        _layout = parser.Parse(Read("base.html").Replace("{% renderbody %}", "{{ body | raw }}", StringComparison.Ordinal).Replace("{% render 'footer' %}", "{{ footer | raw }}", StringComparison.Ordinal));
        _footer = parser.Parse(Read("footer.html"));
        _options.MemberAccessStrategy.MemberNameStrategy = MemberNameStrategies.SnakeCase;
        _options.MemberAccessStrategy.Register<OrderConfirmation>();
        _options.MemberAccessStrategy.Register<LineItem>();
        _options.Filters.AddFilter("money", static (input, arguments, context) => new StringValue(string.Create(context.CultureInfo, $"{input.ToNumberValue():N2} {arguments.At(0).ToStringValue()}")));
        _signer = new DkimSigner(new MemoryStream(System.Text.Encoding.ASCII.GetBytes(privateKey)), "acme.example", "bench")
        {
            HeaderCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed,
            BodyCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed,
        };
    }

    public async Task<(string Subject, string Html)> RenderAsync(OrderConfirmation model, CultureInfo culture)
    {
        var context = new TemplateContext(model, _options) { CultureInfo = culture };
        var subject = await _subject.RenderAsync(context);
        var body = await _body.RenderAsync(context, HtmlEncoder.Default);
        var outer = new TemplateContext(_options) { CultureInfo = culture };
        outer.SetValue("body", body);
        outer.SetValue("footer", await _footer.RenderAsync(outer, HtmlEncoder.Default));
        return (subject.Trim(), await _layout.RenderAsync(outer, HtmlEncoder.Default));
    }

    public async Task<MimeMessage> ComposeAsync(OrderConfirmation model, CultureInfo culture)
    {
        var (subject, html) = await RenderAsync(model, culture);
        var message = new MimeMessage();
        message.From.Add(new MailboxAddress("Acme", "no-reply@acme.example"));
        message.To.Add(new MailboxAddress("Ada Lovelace", "ada@example.com"));
        message.Subject = subject;
        message.Body = new BodyBuilder { HtmlBody = html, TextBody = "Thank you for your order." }.ToMessageBody();
        message.Prepare(EncodingConstraint.SevenBit);
        _signer.Sign(message, s_signed);
        return message;
    }

    public async Task SendAsync(OrderConfirmation model, CultureInfo culture, int port)
    {
        using var message = await ComposeAsync(model, culture);
        using var client = new SmtpClient();
        await client.ConnectAsync("127.0.0.1", port, SecureSocketOptions.None);
        await client.SendAsync(message);
        await client.DisconnectAsync(quit: true);
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Templates", $"{name}.liquid"));
}
