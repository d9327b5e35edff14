using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using TransactionalMail.Mime;
using TransactionalMail.Transports.Http;

namespace TransactionalMail.Transports.SendGrid;

/// <summary>Hands mail to SendGrid, which builds and signs it: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send.</summary>
internal sealed class SendGridTransport(SendGridOptions options, MailTransportContext context) : HttpMailTransport(options, context, s_address)
{
    private const int MostRecipients = 1000;
    private const int MostTags = 10;
    private const int LongestTag = 255;
    private const int LargestMetadata = 10_000;
    private const int LargestPayload = 30 * 1024 * 1024;

    private static readonly Uri s_address = new("https://api.sendgrid.com");
    private static readonly SearchValues<char> s_separators = SearchValues.Create(",;");

    private static readonly FrozenSet<string> s_ownHeaders = FrozenSet.ToFrozenSet(
        ["x-sg-id", "x-sg-eid", "received", "dkim-signature", "Content-Type", "Content-Transfer-Encoding", "To", "From", "Subject", "Reply-To", "CC", "BCC"], StringComparer.OrdinalIgnoreCase);

    /// <summary>What events of SendGrid say themselves; metadata of that name would be lost on the way back.</summary>
    public static readonly FrozenSet<string> OwnMetadata = FrozenSet.ToFrozenSet(
        [
            "email", "timestamp", "event", "smtp-id", "sg_event_id", "sg_message_id", "sg_content_type", "category", "type", "reason", "status", "response", "attempt",
            "tls", "ip", "useragent", "url", "url_offset", "asm_group_id", "pool", "newsletter", "marketing_campaign_id", "send_at", "unique_args", "cert_err", "bounce_classification", "sg_machine_open",
        ], StringComparer.OrdinalIgnoreCase);

    public override MailFeatures Features =>
        MailFeatures.Headers | MailFeatures.Attachments | MailFeatures.InlineAttachments | MailFeatures.Tags | MailFeatures.SeveralTags | MailFeatures.Metadata | MailFeatures.OpenTracking | MailFeatures.ClickTracking;

    protected override IReadOnlyList<string?> Secrets => [options.ApiKey];

    protected override async ValueTask<HttpRequestMessage> CreateRequestAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        var written = Write(mail, await mail.ReadAttachmentsAsync(cancellationToken).ConfigureAwait(false));
        var content = JsonContent.Create(written, SendGridJson.SendGridContext.Default.Mail);
        await content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        if (content.Headers.ContentLength >= LargestPayload) throw TooLarge("SendGrid takes less than 30 MB in all");

        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(BaseAddress, "/v3/mail/send")) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return request;
    }

    protected override TransportReceipt Read(OutboundMail mail, HttpMailResponse response)
    {
        SendGridJson.Error[] errors = [.. (response.TryRead(SendGridJson.SendGridContext.Default.Answer)?.Errors ?? []).OfType<SendGridJson.Error>()];
        if (response.IsSuccess && errors.Length == 0) return Accepted(mail, response);

        var said = string.Join(' ', errors.Select(static e => string.IsNullOrEmpty(e.Field) || e.Field is "null" ? e.Message : $"{e.Field}: {e.Message}"));
        var (failure, problem) = Explain(response.StatusCode, said, errors);
        throw Failed(mail, failure is TransportFailure.Throttled ? response with { RetryAfter = response.RetryAfter ?? UntilReset(response) } : response, failure, problem, said: said);
    }

    /// <summary>SendGrid has no codes of its own, but statuses, and a few sentences and fields that mean something else than their status.</summary>
    private static (TransportFailure Failure, string Problem) Explain(HttpStatusCode status, string said, SendGridJson.Error[] errors) => status switch
    {
        HttpStatusCode.BadRequest when IsAbout("from", errors) => (TransportFailure.SenderRejected, "SendGrid does not take the sender. Check the From."),
        HttpStatusCode.BadRequest when IsAbout("ip_pool_name", errors) => (TransportFailure.SenderRejected, "SendGrid does not know the IP pool. Check IpPool, or ProviderOptions[\"sendgrid:ip_pool_name\"]."),
        HttpStatusCode.BadRequest when IsAbout("asm", errors) => (TransportFailure.SenderRejected, "SendGrid does not know the unsubscribe group. Check UnsubscribeGroup, or ProviderOptions[\"sendgrid:asm_group_id\"]."),
        HttpStatusCode.Unauthorized when said.Contains("credits", StringComparison.OrdinalIgnoreCase) => (TransportFailure.QuotaExceeded, "The account at SendGrid has no credits left. Buy some, or wait for the next month."),
        HttpStatusCode.Unauthorized => (TransportFailure.Authentication, "SendGrid does not know the key. Set ApiKey to one of the account."),
        HttpStatusCode.Forbidden when said.Contains("Sender Identity", StringComparison.OrdinalIgnoreCase) => (TransportFailure.SenderRejected, "SendGrid does not know the sender. Verify its address or domain in SendGrid, or change the From."),
        HttpStatusCode.Forbidden => (TransportFailure.Authentication, "SendGrid does not let this key send mail. Give it the permission \"Mail Send\"."),
        _ when (int)status is >= 200 and < 300 => (TransportFailure.MessageRejected, "SendGrid refuses the mail."),
        _ => FailureOf(status) is var failure ? (failure, AdviceFor(failure)) : default,
    };

    /// <summary>Returns whether an error is about a field of the mail or a part of it: <c>asm.group_id</c>.</summary>
    private static bool IsAbout(string field, SendGridJson.Error[] errors) => errors.Any(e => string.Equals(e.Field?.Split('.')[0], field, StringComparison.Ordinal));

    private TimeSpan? UntilReset(HttpMailResponse response)
    {
        if (!response.Headers.TryGetValue("X-RateLimit-Reset", out var text) || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > uint.MaxValue) return null;
        var wait = DateTimeOffset.FromUnixTimeSeconds(seconds) - Time.GetUtcNow();
        return wait <= TimeSpan.Zero ? null : wait < TimeSpan.FromDays(1) ? wait : TimeSpan.FromDays(1);
    }

    private SendGridJson.Mail Write(OutboundMail mail, IReadOnlyList<ReadOnlyMemory<byte>> contents)
    {
        var message = mail.Message;
        RefuseWhatHasNoField(mail, contents);
        var metadata = new Dictionary<string, string>(message.Metadata, StringComparer.Ordinal) { [MailIdKey] = mail.Id.ToString() };
        if (JsonSerializer.SerializeToUtf8Bytes(metadata, SendGridJson.SendGridContext.Default.IReadOnlyDictionaryStringString).Length > LargestMetadata) throw Unsupported("SendGrid takes 10,000 bytes of metadata. Keep it on your side, and send its key.");

        return new SendGridJson.Mail
        {
            Personalizations = Personalizations(mail),
            From = Address(message.From!),
            ReplyToList = Addresses([.. message.ReplyTo.Distinct()]),
            Subject = message.Subject,
            Content = Bodies(message),
            Attachments = message.Attachments.Count == 0 ? null : [.. message.Attachments.Zip(contents, Attachment)],
            Headers = message.Headers.Count == 0 ? null : message.Headers.ToDictionary(static h => h.Key, static h => Ascii(h.Value), StringComparer.OrdinalIgnoreCase),
            Categories = message.Tags.Count == 0 ? null : message.Tags,
            CustomArgs = metadata,
            Asm = Group(message) is { } group ? new SendGridJson.Group(group) : null,
            IpPoolName = Option(message, "ip_pool_name") ?? options.IpPool,
            MailSettings = options.Sandbox ? new SendGridJson.MailSettings(new SendGridJson.Switch(true)) : null,
            TrackingSettings = message.TrackClicks is null && message.TrackOpens is null ? null : new SendGridJson.TrackingSettings(Switch(message.TrackClicks), Switch(message.TrackOpens)),
        };
    }

    private void RefuseWhatHasNoField(OutboundMail mail, IReadOnlyList<ReadOnlyMemory<byte>> contents)
    {
        var message = mail.Message;
        RefuseWhatNoApiTakes(mail, "SendGrid", "sendgrid:", "ip_pool_name", "asm_group_id");
        if (mail.Envelope.Recipients.Count > MostRecipients) throw Unsupported($"SendGrid takes {MostRecipients} recipients at once. Send several mails.");
        if (mail.Envelope.Recipients.DistinctBy(static r => r.SmtpAddress, StringComparer.OrdinalIgnoreCase).Count() < mail.Envelope.Recipients.Count) throw Unsupported("SendGrid takes no recipients that differ in case only. Name one of them, or send several mails.");
        if (message.ReplyTo.Count > MostRecipients) throw Unsupported($"SendGrid takes {MostRecipients} addresses in ReplyTo.");
        if (string.IsNullOrEmpty(message.Subject)) throw Unsupported("SendGrid takes no mail without a Subject.");
        if (string.IsNullOrEmpty(message.HtmlBody) && string.IsNullOrEmpty(message.TextBody)) throw Unsupported("SendGrid takes no mail without a body. Give it a TextBody.");
        if (message.Headers.Keys.FirstOrDefault(s_ownHeaders.Contains) is { } header) throw Unsupported($"SendGrid writes the header \"{header}\" itself. Leave it out.");
        if (message.Metadata.Keys.FirstOrDefault(OwnMetadata.Contains) is { } key) throw Unsupported($"SendGrid's events have a \"{key}\" of their own. Name the metadata otherwise.");
        if (message.Tags.Count > MostTags) throw Unsupported($"SendGrid takes {MostTags} Tags.");
        if (message.Tags.Any(static tag => tag.Length > LongestTag || !System.Text.Ascii.IsValid(tag))) throw Unsupported($"SendGrid takes Tags of ASCII, of {LongestTag} characters at most.");
        if (message.Tags.Distinct(StringComparer.OrdinalIgnoreCase).Count() < message.Tags.Count) throw Unsupported("SendGrid takes each of the Tags once.");
        if (contents.Any(static c => c.IsEmpty)) throw Unsupported("SendGrid takes no empty Attachments. Leave them out.");
        if (message.Attachments.Any(static a => a.ContentType.Contains(';', StringComparison.Ordinal))) throw Unsupported("SendGrid takes no parameters in the ContentType of Attachments. Leave out what follows the semicolon.");
        if (Option(message, "asm_group_id") is not null && Group(message) is null) throw Unsupported("ProviderOptions[\"sendgrid:asm_group_id\"] is the number of a group in SendGrid, 1 or more.");
        if (Option(message, "ip_pool_name") is { Length: < 2 or > 64 }) throw Unsupported("ProviderOptions[\"sendgrid:ip_pool_name\"] is the name of a pool, of 2 to 64 characters.");
    }

    /// <summary>SendGrid asks for a To. Where none is left to try, copies take its place, and each blind copy becomes a mail of its own, so that they do not see each other.</summary>
    private static IReadOnlyList<SendGridJson.Personalization> Personalizations(OutboundMail mail) => (mail.To, mail.Cc) switch
    {
        ({ Count: > 0 } to, var cc) => [new(Addresses(to)!, Addresses(cc), Addresses(mail.Bcc))],
        (_, { Count: > 0 } cc) => [new(Addresses(cc)!, Bcc: Addresses(mail.Bcc))],
        _ => [.. mail.Bcc.Select(static hidden => new SendGridJson.Personalization([Address(hidden)]))],
    };

    private static List<SendGridJson.Content> Bodies(EmailMessage message)
    {
        var bodies = new List<SendGridJson.Content>(2);
        if (!string.IsNullOrEmpty(message.TextBody)) bodies.Add(new("text/plain", message.TextBody));
        if (!string.IsNullOrEmpty(message.HtmlBody)) bodies.Add(new("text/html", message.HtmlBody));
        return bodies;
    }

    private static IReadOnlyList<SendGridJson.Address>? Addresses(IReadOnlyList<EmailAddress> addresses) => addresses.Count == 0 ? null : [.. addresses.Select(Address)];

    /// <summary>A name with a separator is quoted, or SendGrid would split it.</summary>
    private static SendGridJson.Address Address(EmailAddress address) => new(
        address.SmtpAddress,
        string.IsNullOrEmpty(address.DisplayName) ? null
        : address.DisplayName.AsSpan().ContainsAny(s_separators) ? HeaderField.Quote(address.DisplayName)
        : address.DisplayName);

    private static SendGridJson.Attachment Attachment(EmailAttachment attachment, ReadOnlyMemory<byte> content) =>
        new(content, attachment.ContentType, attachment.FileName, attachment.ContentId is null ? "attachment" : "inline", attachment.ContentId);

    /// <summary>Returns a header's value as ASCII (RFC 2047), for SendGrid does not say how it would encode it.</summary>
    private static string Ascii(string value) => HeaderField.IsPlain(value) ? value : string.Join(' ', EncodedWord.Split(value, 75));

    private static SendGridJson.Switch? Switch(bool? enable) => enable is { } value ? new SendGridJson.Switch(value) : null;

    private int? Group(EmailMessage message) => Option(message, "asm_group_id") is { } text
        ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var group) && group > 0 ? group : null
        : options.UnsubscribeGroup;

    private static string? Option(EmailMessage message, string name) => message.ProviderOptions.GetValueOrDefault($"sendgrid:{name}");

    /// <summary>The body is empty; SendGrid replaces the Message-ID.</summary>
    private TransportReceipt Accepted(OutboundMail mail, HttpMailResponse response)
    {
        var id = response.Headers.GetValueOrDefault("X-Message-Id");
        var said = options.Sandbox ? "SendGrid checked the mail and sends nothing." : "SendGrid accepted the mail.";
        return TransportReceipt.Accepted(mail, Name, string.IsNullOrEmpty(id) ? null : id, said) with { MessageId = null };
    }
}
