using System.Net.Http.Json;
using TransactionalMail.Mime;
using TransactionalMail.Transports.Http;

namespace TransactionalMail.Transports.Postmark;

/// <summary>Hands mail to Postmark, which builds and signs it: https://postmarkapp.com/developer/api/email-api.</summary>
internal sealed class PostmarkTransport(PostmarkOptions options, MailTransportContext context) : HttpMailTransport(options, context, s_address)
{
    private const int MostRecipients = 50;
    private const int LargestBody = 5 * 1024 * 1024;
    private const int LargestPayload = 10 * 1024 * 1024;
    private const string SandboxToken = "POSTMARK_API_TEST";
    private static readonly Uri s_address = new("https://api.postmarkapp.com");

    public override MailFeatures Features =>
        MailFeatures.Headers | MailFeatures.Attachments | MailFeatures.InlineAttachments | MailFeatures.Tags | MailFeatures.Metadata | MailFeatures.OpenTracking | MailFeatures.ClickTracking;

    protected override IReadOnlyList<string?> Secrets => [options.Token, options.WebhookPassword];

    protected override async ValueTask<HttpRequestMessage> CreateRequestAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        var email = Write(mail, await mail.ReadAttachmentsAsync(cancellationToken).ConfigureAwait(false));
        var content = JsonContent.Create(email, PostmarkJson.PostmarkContext.Default.Email);
        await content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        if (content.Headers.ContentLength > LargestPayload) throw TooLarge("Postmark takes 10 MB in all");

        return new HttpRequestMessage(HttpMethod.Post, new Uri(BaseAddress, "/email"))
        {
            Content = content,
            Headers = { { "X-Postmark-Server-Token", options.Sandbox ? SandboxToken : options.Token }, { "Accept", "application/json" } },
        };
    }

    protected override TransportReceipt Read(OutboundMail mail, HttpMailResponse response)
    {
        var answer = response.TryRead(PostmarkJson.PostmarkContext.Default.Answer);
        var code = answer?.ErrorCode ?? 0;
        if (response.IsSuccess && code == 0) return Accepted(mail, answer);
        if (code == 406 && Inactive(mail, answer) is { Count: > 0 } inactive) return Receipt(mail, answer, inactive, others: RecipientStatus.Rejected);

        var (failure, problem) = Explain(code, response);
        throw Failed(mail, response, failure, problem, code == 0 ? null : $"{code}", answer?.Message);
    }

    /// <summary>The codes of https://postmarkapp.com/developer/api/overview#error-codes; some equal HTTP statuses and mean something else.</summary>
    private static (TransportFailure Failure, string Problem) Explain(int code, HttpMailResponse response) => code switch
    {
        10 => (TransportFailure.Authentication, "Postmark does not know the token. Set Token to the API token of the server in Postmark."),
        100 => (TransportFailure.Unavailable, "Postmark is under maintenance."),
        400 => (TransportFailure.SenderRejected, "Postmark does not know the sender. Add its address or domain in Postmark, or change the From."),
        401 => (TransportFailure.SenderRejected, "Postmark refused the sender: its signature is not confirmed. Confirm it in Postmark, or change the From."),
        405 => (TransportFailure.QuotaExceeded, "The account at Postmark has no credits left. Buy some."),
        406 => (TransportFailure.RecipientsRejected, "Postmark does not send to recipients that bounced or complained. Reactivate them in Postmark if that was wrong."),
        411 => (TransportFailure.MessageRejected, "Postmark does not carry attachments of this kind. Send a link instead."),
        412 or 413 => (TransportFailure.SenderRejected, "The account at Postmark may not send this. See to its approval in Postmark."),
        1226 or 1235 => (TransportFailure.SenderRejected, "There is no such message stream. Check Stream, or ProviderOptions[\"postmark:MessageStream\"]."),
        0 => FailureOf(response.StatusCode) is var failure ? (failure, AdviceFor(failure)) : default,
        _ => (TransportFailure.MessageRejected, "Postmark refuses the mail."),
    };

    private PostmarkJson.Email Write(OutboundMail mail, IReadOnlyList<ReadOnlyMemory<byte>> contents)
    {
        var message = mail.Message;
        RefuseWhatHasNoField(mail);
        return new PostmarkJson.Email
        {
            From = List([message.From!])!,
            To = List(mail.To),
            Cc = List(mail.Cc),
            Bcc = List(mail.Bcc),
            ReplyTo = List(message.ReplyTo),
            Subject = message.Subject,
            Tag = message.Tags.SingleOrDefault(),
            HtmlBody = message.HtmlBody,
            TextBody = message.TextBody,
            Headers = message.Headers.Count == 0 ? null : [.. message.Headers.Select(static h => new PostmarkJson.Header(h.Key, h.Value))],
            TrackOpens = message.TrackOpens,
            TrackLinks = Option(message, "TrackLinks") ?? message.TrackClicks switch { true => "HtmlAndText", false => "None", null => null },
            Attachments = message.Attachments.Count == 0 ? null : [.. message.Attachments.Zip(contents, Attachment)],
            Metadata = new Dictionary<string, string>(message.Metadata, StringComparer.OrdinalIgnoreCase) { [MailIdKey] = mail.Id.ToString() },
            MessageStream = Option(message, "MessageStream") ?? options.Stream,
        };
    }

    private void RefuseWhatHasNoField(OutboundMail mail)
    {
        var message = mail.Message;
        if (mail.Envelope.Recipients.Count > MostRecipients) throw Unsupported($"Postmark takes {MostRecipients} recipients at once. Send several mails.");
        if (string.IsNullOrEmpty(message.HtmlBody) && string.IsNullOrEmpty(message.TextBody)) throw Unsupported("Postmark takes no mail without a body. Give it a TextBody.");
        RefuseWhatNoApiTakes(mail, "Postmark", "postmark:", "TrackLinks", "MessageStream");
        if (message.HtmlBody?.Length > LargestBody || message.TextBody?.Length > LargestBody) throw TooLarge("Postmark takes 5 MB of HTML and of text");
    }

    private static PostmarkJson.Attachment Attachment(EmailAttachment attachment, ReadOnlyMemory<byte> content) =>
        new(attachment.FileName, content, attachment.ContentType, attachment.ContentId is { } id ? $"cid:{id}" : null);

    private static string? Option(EmailMessage message, string name) => message.ProviderOptions.GetValueOrDefault($"postmark:{name}");

    private static string? List(IReadOnlyList<EmailAddress> addresses) => addresses.Count == 0 ? null : string.Join(", ", addresses.Select(Address));

    /// <summary>A name is always quoted (RFC 5322 §3.4): Postmark misreads bare ones with punctuation.</summary>
    private static string Address(EmailAddress address) => string.IsNullOrEmpty(address.DisplayName)
        ? address.SmtpAddress
        : $"{HeaderField.Quote(address.DisplayName)} <{address.SmtpAddress}>";

    private TransportReceipt Accepted(OutboundMail mail, PostmarkJson.Answer? answer) => Receipt(mail, answer, Inactive(mail, answer), others: RecipientStatus.Accepted);

    /// <summary>Postmark replaces the Message-ID by one of its own, which its answer does not tell.</summary>
    private TransportReceipt Receipt(OutboundMail mail, PostmarkJson.Answer? answer, HashSet<EmailAddress> inactive, RecipientStatus others)
    {
        var said = answer is null ? "Postmark accepted the mail with an answer that cannot be read." : Scrub(answer.Message, mail);
        return new TransportReceipt(
            [.. mail.Envelope.Recipients.Select(r => inactive.Contains(r)
                ? new RecipientOutcome(r, RecipientStatus.Suppressed, Name, answer?.MessageId, "Postmark does not send to this recipient, who bounced or complained.")
                : new RecipientOutcome(r, others, Name, answer?.MessageId, said))],
            MessageId: null);
    }

    /// <summary>Returns the recipients whom Postmark suppresses; it names them in the text only, in lower case.</summary>
    private static HashSet<EmailAddress> Inactive(OutboundMail mail, PostmarkJson.Answer? answer)
    {
        if (answer?.Message is not { } text || !text.Contains("inactive addresses", StringComparison.OrdinalIgnoreCase)) return [];
        return [.. mail.Envelope.Recipients.Where(r => text.Split([' ', ',', ';', '\n', '\r']).Any(word => word.TrimEnd('.').Equals(r.SmtpAddress, StringComparison.OrdinalIgnoreCase)))];
    }
}
