using System.Text;
using MimeKit;
using MimeKit.Cryptography;

namespace TransactionalMail.Benchmarks;

/// <summary>A message as one would compose and sign it on MimeKit alone, with the same care: encoded for any relay, over-signed.</summary>
internal sealed class RawMail(string privateKey)
{
    private static readonly string[] s_signed =
        ["From", "From", "To", "To", "Subject", "Subject", "Date", "Date", "Message-Id", "MIME-Version", "Content-Type"];

    private readonly DkimSigner _signer = new(new MemoryStream(Encoding.ASCII.GetBytes(privateKey)), OurMail.Domain, OurMail.Selector)
    {
        HeaderCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed,
        BodyCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed,
    };

    public static MimeMessage Compose(RenderedEmail rendered)
    {
        var message = new MimeMessage { Subject = rendered.Subject! };
        message.From.Add(new MailboxAddress("Acme", $"no-reply@{OurMail.Domain}"));
        message.To.Add(new MailboxAddress("Ada Lovelace", "ada@example.com"));
        message.Body = new BodyBuilder { HtmlBody = rendered.HtmlBody, TextBody = rendered.TextBody }.ToMessageBody();
        message.Prepare(EncodingConstraint.SevenBit);
        return message;
    }

    public MimeMessage ComposeAndSign(RenderedEmail rendered)
    {
        var message = Compose(rendered);
        _signer.Sign(message, s_signed);
        return message;
    }
}
