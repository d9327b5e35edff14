using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TransactionalMail.Events;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Transports.SendGrid;

/// <summary>Reads what SendGrid reports, signed with ECDSA over the timestamp and the body: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event.</summary>
internal sealed class SendGridWebhook : IMailWebhook, IDisposable
{
    private const string SignatureField = "X-Twilio-Email-Event-Webhook-Signature";
    private const string TimestampField = "X-Twilio-Email-Event-Webhook-Timestamp";

    private static readonly FrozenDictionary<string, Func<JsonElement, MailEvent>> s_events = new Dictionary<string, Func<JsonElement, MailEvent>>(StringComparer.OrdinalIgnoreCase)
    {
        ["processed"] = static _ => new MailAccepted { MailId = default, OccurredAt = default },
        ["delivered"] = static _ => new MailDelivered { MailId = default, OccurredAt = default },
        ["deferred"] = static json => new MailDeferred { MailId = default, OccurredAt = default, EnhancedCode = WebhookReader.TextOf(json, "status"), Diagnostic = Said(json, "response", "reason") },
        ["bounce"] = Bounce,
        ["dropped"] = Dropped,
        ["open"] = static json => new MailOpened { MailId = default, OccurredAt = default, IsMachine = WebhookReader.ElementOf(json, "sg_machine_open").ValueKind is JsonValueKind.True },
        ["click"] = static json => new MailClicked { MailId = default, OccurredAt = default, Url = WebhookReader.TextOf(json, "url") ?? "" },
        ["spamreport"] = static _ => new MailComplained { MailId = default, OccurredAt = default },
        ["unsubscribe"] = static _ => new MailUnsubscribed { MailId = default, OccurredAt = default },
        ["group_unsubscribe"] = static _ => new MailUnsubscribed { MailId = default, OccurredAt = default },
        ["group_resubscribe"] = static _ => new MailResubscribed { MailId = default, OccurredAt = default },
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly Lock _lock = new();
    private readonly ECDsa _key;
    private readonly TimeSpan _tolerance;
    private readonly TimeProvider _time;

    public SendGridWebhook(SendGridOptions options, TimeProvider time)
    {
        _key = ReadKey(options.WebhookPublicKey) ?? throw new ArgumentException("The key is not valid.", nameof(options));
        _tolerance = options.WebhookTolerance;
        _time = time;
    }

    /// <summary>Reads a key as SendGrid shows it: base64 of a SubjectPublicKeyInfo (RFC 5480), without armour. Returns <see langword="null"/> for something else.</summary>
    public static ECDsa? ReadKey(string? text)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(text ?? ""), out _);
            return key;
        }
        catch (Exception unreadable) when (unreadable is FormatException or CryptographicException)
        {
            key.Dispose();
            return null;
        }
    }

    public ValueTask<IReadOnlyList<MailEvent>> ReceiveAsync(MailWebhookRequest request, CancellationToken cancellationToken)
    {
        WebhookReader.RefuseStrangers(request, "application/json");
        if (!IsProven(request)) throw new MailWebhookException(WebhookRefusal.Unauthenticated, "The request is not signed by SendGrid for this transport, or too old.");
        using var json = WebhookReader.ReadJson(request.Body);
        if (json.RootElement.ValueKind is not JsonValueKind.Array) throw new MailWebhookException(WebhookRefusal.Malformed, "The request is not a list of events.");
        return ValueTask.FromResult<IReadOnlyList<MailEvent>>([.. json.RootElement.EnumerateArray().Select(Read)]);
    }

    public void Dispose() => _key.Dispose();

    private static MailBounced Bounce(JsonElement json)
    {
        var code = WebhookReader.TextOf(json, "status");
        var kind = WebhookReader.TextOf(json, "type") is "blocked" ? BounceKind.Blocked : EnhancedCodes.BounceKindOf(code) is not BounceKind.Undetermined and var known ? known : BounceKind.Hard;
        return new MailBounced { MailId = default, OccurredAt = default, BounceKind = kind, EnhancedCode = code, Diagnostic = Said(json, "reason", "response") };
    }

    private static MailEvent Dropped(JsonElement json) => WebhookReader.TextOf(json, "reason") switch
    {
        "Bounced Address" => new MailSuppressed { MailId = default, OccurredAt = default, Reason = SuppressionReason.HardBounce },
        "Spam Reporting Address" => new MailSuppressed { MailId = default, OccurredAt = default, Reason = SuppressionReason.Complaint },
        "Unsubscribed Address" => new MailSuppressed { MailId = default, OccurredAt = default, Reason = SuppressionReason.Unsubscribe },
        "Invalid" => new MailFailed { MailId = default, OccurredAt = default, Failure = TransportFailure.RecipientsRejected, Diagnostic = Said(json, "reason") },
        _ => new MailFailed { MailId = default, OccurredAt = default, Failure = TransportFailure.MessageRejected, Diagnostic = Said(json, "reason") },
    };

    private static string? Said(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (WebhookReader.TextOf(json, name) is { } text) return ServerText.Scrub(text);
        }

        return null;
    }

    private MailEvent Read(JsonElement json)
    {
        var name = WebhookReader.TextOf(json, "event") ?? "";
        var read = s_events.GetValueOrDefault(name)?.Invoke(json) ?? new MailUnknownEvent { MailId = default, OccurredAt = default, Name = name };
        var occurred = WebhookReader.TimeOf(json, "timestamp");
        return read with
        {
            EventId = WebhookReader.TextOf(json, "sg_event_id") is { } id
                ? WebhookReader.EventIdOf("sendgrid", id, name)
                : WebhookReader.EventIdOf("sendgrid", name, WebhookReader.TextOf(json, "sg_message_id"), WebhookReader.TextOf(json, "email"), $"{occurred?.UtcTicks}", WebhookReader.TextOf(json, "url")),
            MailId = WebhookReader.MailIdOf(json),
            ProviderMessageId = WebhookReader.TextOf(json, "sg_message_id")?.Split('.')[0],
            Recipient = WebhookReader.AddressOf(json, "email"),
            OccurredAt = occurred ?? _time.GetUtcNow(),
            Tags = WebhookReader.TextsOf(json, "category"),
            Metadata = WebhookReader.MetadataOf(json).Where(static m => !SendGridTransport.OwnMetadata.Contains(m.Key)).ToDictionary(StringComparer.Ordinal), // it stands among SendGrid's own
        };
    }

    private bool IsProven(MailWebhookRequest request)
    {
        if (request.Header(TimestampField) is not { Length: > 0 and <= 20 } timestamp || request.Header(SignatureField) is not { Length: <= 200 } text || WebhookReader.SignatureOf(text) is not { } signature) return false;
        if (!WebhookReader.IsOfNow(timestamp, _time.GetUtcNow(), _tolerance)) return false;

        byte[] signed = [.. Encoding.ASCII.GetBytes(timestamp), .. request.Body.Span];
        lock (_lock) return _key.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
