using System.Collections.ObjectModel;
using MimeKit;
using TransactionalMail.Mime;
using TransactionalMail.Outbox;
using TransactionalMail.Preparation;

namespace TransactionalMail.Transports;

/// <summary>An accepted mail on its way to a transport: validated, rendered, with identity and date fixed.</summary>
/// <remarks>One delivery uses it at a time; it is composed and signed when a transport first asks for MIME, and the same bytes serve every attempt by such a route.</remarks>
public sealed class OutboundMail : IDisposable
{
    private readonly MimeComposer _composer;
    private readonly Dictionary<(DkimScope Scope, bool HasLabels), MimeMessage> _composed = [];
    private IReadOnlyList<ReadOnlyMemory<byte>>? _attachments;

    internal OutboundMail(OutboxEntry entry, MimeComposer composer)
        : this(entry.Id, entry.SendableSince, new PreparedEmail(entry.Message, entry.TemplateName), composer) =>
        KeepRecipients(entry.Recipients);

    internal OutboundMail(MailId id, DateTimeOffset date, PreparedEmail prepared, MimeComposer composer)
    {
        var message = prepared.Message;
        var from = message.From ?? throw new ArgumentException("An accepted message has a From.", nameof(prepared));
        Id = id;
        MessageId = $"{id.Value:N}@{from.AsciiDomain}";
        Date = date;
        Message = message;
        TemplateName = prepared.TemplateName;
        Envelope = new MailEnvelope(message.EnvelopeSender ?? from, message.GetEnvelopeRecipients());
        _composer = composer;
    }

    /// <summary>Gets the mail's identity.</summary>
    public MailId Id { get; }

    /// <summary>Gets the Message-ID (RFC 5322 §3.6.4) without angle brackets.</summary>
    public string MessageId { get; }

    /// <summary>Gets the Date of the mail.</summary>
    public DateTimeOffset Date { get; }

    /// <summary>Gets the sender and the recipients still to try.</summary>
    public MailEnvelope Envelope { get; private set; }

    /// <summary>Gets the recipients of <see cref="EmailMessage.To"/> still to try, for providers that build the mail themselves.</summary>
    public IReadOnlyList<EmailAddress> To => StillToTry(Message.To, []);

    /// <summary>Gets the recipients of <see cref="EmailMessage.Cc"/> still to try, for providers that build the mail themselves.</summary>
    public IReadOnlyList<EmailAddress> Cc => StillToTry(Message.Cc, Message.To);

    /// <summary>Gets the recipients of <see cref="EmailMessage.Bcc"/> still to try, for providers that build the mail themselves.</summary>
    public IReadOnlyList<EmailAddress> Bcc => StillToTry(Message.Bcc, [.. Message.To, .. Message.Cc]);

    /// <summary>Gets the message: From set, subject and bodies final, no template.</summary>
    public EmailMessage Message { get; }

    /// <summary>Gets the name of the template the message was rendered from, or <see langword="null"/>.</summary>
    public string? TemplateName { get; }

    /// <summary>Returns the mail as MIME, signed whole; visible headers never depend on who is left to try, and Bcc is not in it.</summary>
    /// <remarks>Do not change or dispose what is returned; every attempt sends it.</remarks>
    public ValueTask<MimeMessage> GetMimeMessageAsync(CancellationToken cancellationToken) => GetMimeMessageAsync(DkimScope.Full, cancellationToken);

    /// <summary>Returns the mail as MIME, for providers that take MIME and change or sign it.</summary>
    /// <param name="scope">What our signatures may cover on this route.</param>
    /// <param name="cancellationToken">Stops the reading of attachments.</param>
    /// <remarks>Do not change or dispose what is returned; every attempt sends it.</remarks>
    public ValueTask<MimeMessage> GetMimeMessageAsync(DkimScope scope, CancellationToken cancellationToken) => GetMimeMessageAsync(scope, hasLabels: true, cancellationToken);

    /// <summary>Writes the bytes that go out, signed whole, the same each time, with CRLF line endings.</summary>
    public Task WriteToAsync(Stream stream, CancellationToken cancellationToken) => WriteToAsync(stream, DkimScope.Full, cancellationToken);

    /// <summary>Writes the bytes that go out, the same each time, with CRLF line endings, for providers that take MIME and change or sign it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="scope">What our signatures may cover on this route.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task WriteToAsync(Stream stream, DkimScope scope, CancellationToken cancellationToken)
    {
        var message = await GetMimeMessageAsync(scope, cancellationToken).ConfigureAwait(false);
        await message.WriteToAsync(WireFormat.Options, stream, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the attachments, in the order of <see cref="EmailMessage.Attachments"/>; every attempt gets what was read first.</summary>
    /// <exception cref="EmailValidationException">An attachment could not be read, or they are too large together.</exception>
    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAttachmentsAsync(CancellationToken cancellationToken) =>
        _attachments ??= await _composer.ReadContentsAsync(Message.Attachments, cancellationToken).ConfigureAwait(false);

    /// <summary>Returns the mail as MIME, for providers that take tags and metadata beside it: then they need no fields of their own, which recipients could read.</summary>
    internal async ValueTask<MimeMessage> GetMimeMessageAsync(DkimScope scope, bool hasLabels, CancellationToken cancellationToken)
    {
        if (_composed.TryGetValue((scope, hasLabels), out var composed)) return composed;
        var message = hasLabels ? Message : Message with { Tags = [], Metadata = ReadOnlyDictionary<string, string>.Empty };
        return _composed[(scope, hasLabels)] = await _composer.ComposeAsync(Id, MessageId, Date, message, scope, cancellationToken).ConfigureAwait(false);
    }

    internal void KeepRecipients(IReadOnlyList<EmailAddress> recipients) => Envelope = Envelope with { Recipients = recipients };

    /// <summary>Releases the composed mail.</summary>
    public void Dispose()
    {
        foreach (var mime in _composed.Values) mime.Dispose();
    }

    /// <summary>Returns the identity, never addresses or content.</summary>
    public override string ToString() => $"OutboundMail {{ Id: {Id} }}";

    /// <summary>Names each recipient once, where it stands first.</summary>
    private IReadOnlyList<EmailAddress> StillToTry(IReadOnlyList<EmailAddress> recipients, IReadOnlyList<EmailAddress> named) =>
        [.. recipients.Where(r => Envelope.Recipients.Contains(r) && !named.Contains(r)).Distinct()];
}
