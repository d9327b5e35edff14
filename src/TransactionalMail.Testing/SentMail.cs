using MimeKit;
using TransactionalMail.Transports;

namespace TransactionalMail.Testing;

/// <summary>A mail that a <see cref="FakeMailTransport"/> took over, rendered, composed and signed as it would have gone out. Immutable.</summary>
public sealed class SentMail
{
    internal SentMail(OutboundMail mail, IReadOnlyList<EmailAddress> accepted, ReadOnlyMemory<byte> raw)
    {
        Id = mail.Id;
        MessageId = mail.MessageId;
        Message = mail.Message;
        EnvelopeSender = mail.Envelope.Sender;
        Recipients = accepted;
        Raw = raw;
    }

    /// <summary>Gets the mail's identity.</summary>
    public MailId Id { get; }

    /// <summary>Gets the Message-ID without angle brackets.</summary>
    public string MessageId { get; }

    /// <summary>Gets the message as it was sent: defaults filled in, template rendered.</summary>
    public EmailMessage Message { get; }

    /// <summary>Gets the address bounces would return to.</summary>
    public EmailAddress EnvelopeSender { get; }

    /// <summary>Gets the recipients that were accepted, Bcc among them.</summary>
    public IReadOnlyList<EmailAddress> Recipients { get; }

    /// <summary>Gets the author.</summary>
    public EmailAddress From => Message.From!;

    /// <summary>Gets the subject.</summary>
    public string? Subject => Message.Subject;

    /// <summary>Gets the plain text.</summary>
    public string? TextBody => Message.TextBody;

    /// <summary>Gets the HTML.</summary>
    public string? HtmlBody => Message.HtmlBody;

    /// <summary>Gets the bytes that would have gone out.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>Reads <see cref="Raw"/> as MIME.</summary>
    public MimeMessage Parse() => MimeMessage.Load(new MemoryStream(Raw.ToArray(), writable: false));

    /// <summary>Returns who would have received what; a test's output, not a log line.</summary>
    public override string ToString() => $"\"{Subject}\" from {From} to {string.Join(", ", Recipients)}";
}
