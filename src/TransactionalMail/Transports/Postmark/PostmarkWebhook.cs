using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Transports.Postmark;

/// <summary>Reads what Postmark reports: https://postmarkapp.com/developer/webhooks/webhooks-overview. Postmark signs nothing; a password or a header proves it.</summary>
internal sealed class PostmarkWebhook(PostmarkOptions options, TimeProvider time) : IMailWebhook
{
    private static readonly FrozenDictionary<string, Func<JsonElement, MailEvent>> s_records = new Dictionary<string, Func<JsonElement, MailEvent>>(StringComparer.Ordinal)
    {
        ["Delivery"] = static _ => new MailDelivered { MailId = default, OccurredAt = default },
        ["Bounce"] = Bounce,
        ["SpamComplaint"] = static _ => new MailComplained { MailId = default, OccurredAt = default },
        ["Open"] = static _ => new MailOpened { MailId = default, OccurredAt = default },
        ["Click"] = static json => new MailClicked { MailId = default, OccurredAt = default, Url = WebhookReader.TextOf(json, "OriginalLink") ?? "" },
        ["SubscriptionChange"] = SubscriptionChange,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>By the name of the type: the numbers of samples and of real feeds disagree.</summary>
    private static readonly FrozenDictionary<string, BounceKind> s_bounces = new Dictionary<string, BounceKind>(StringComparer.Ordinal)
    {
        ["HardBounce"] = BounceKind.Hard,
        ["BadEmailAddress"] = BounceKind.Hard,
        ["SoftBounce"] = BounceKind.Soft,
        ["DnsError"] = BounceKind.Soft,
        ["Blocked"] = BounceKind.Blocked,
        ["SpamNotification"] = BounceKind.Blocked,
        ["DMARCPolicy"] = BounceKind.Blocked,
        ["VirusNotification"] = BounceKind.Blocked,
        ["Unknown"] = BounceKind.Undetermined,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] s_times = ["DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt"];

    public ValueTask<IReadOnlyList<MailEvent>> ReceiveAsync(MailWebhookRequest request, CancellationToken cancellationToken)
    {
        if (!IsProven(request)) throw new MailWebhookException(WebhookRefusal.Unauthenticated, "The request has not the credentials that Postmark was given.");
        WebhookReader.RefuseStrangers(request, "application/json");
        using var json = WebhookReader.ReadJson(request.Body);
        if (json.RootElement.ValueKind is not JsonValueKind.Object) throw new MailWebhookException(WebhookRefusal.Malformed, "The request is not an object.");
        return ValueTask.FromResult<IReadOnlyList<MailEvent>>([Read(json.RootElement)]);
    }

    private static MailEvent Bounce(JsonElement json)
    {
        var type = WebhookReader.TextOf(json, "Type") ?? "";
        var diagnostic = ServerText.Scrub(WebhookReader.TextOf(json, "Details") ?? WebhookReader.TextOf(json, "Description"));
        if (s_bounces.TryGetValue(type, out var kind)) return new MailBounced { MailId = default, OccurredAt = default, BounceKind = kind, Diagnostic = diagnostic };
        return type switch
        {
            "Transient" => new MailDeferred { MailId = default, OccurredAt = default, Diagnostic = diagnostic },
            "SpamComplaint" => new MailComplained { MailId = default, OccurredAt = default },
            "Unsubscribe" => new MailUnsubscribed { MailId = default, OccurredAt = default },
            "ManuallyDeactivated" => new MailSuppressed { MailId = default, OccurredAt = default, Reason = SuppressionReason.Manual },
            "SMTPApiError" or "TemplateRenderingFailed" => new MailFailed { MailId = default, OccurredAt = default, Failure = TransportFailure.MessageRejected, ProviderCode = type, Diagnostic = diagnostic },
            _ => new MailUnknownEvent { MailId = default, OccurredAt = default, Name = $"Bounce {type}" }, // an auto-reply, a changed address
        };
    }

    private static MailEvent SubscriptionChange(JsonElement json) => (WebhookReader.ElementOf(json, "SuppressSending").ValueKind, WebhookReader.TextOf(json, "SuppressionReason")) switch
    {
        (JsonValueKind.False, _) => new MailResubscribed { MailId = default, OccurredAt = default },
        (JsonValueKind.True, "HardBounce") => new MailSuppressed { MailId = default, OccurredAt = default, Reason = SuppressionReason.HardBounce },
        (JsonValueKind.True, "SpamComplaint") => new MailSuppressed { MailId = default, OccurredAt = default, Reason = SuppressionReason.Complaint },
        (JsonValueKind.True, _) when WebhookReader.TextOf(json, "Origin") is "Recipient" => new MailUnsubscribed { MailId = default, OccurredAt = default },
        (JsonValueKind.True, _) => new MailSuppressed { MailId = default, OccurredAt = default, Reason = SuppressionReason.Manual },
        _ => new MailUnknownEvent { MailId = default, OccurredAt = default, Name = "SubscriptionChange" },
    };

    private MailEvent Read(JsonElement json)
    {
        var type = WebhookReader.TextOf(json, "RecordType") ?? "Inbound";
        var read = s_records.GetValueOrDefault(type)?.Invoke(json) ?? new MailUnknownEvent { MailId = default, OccurredAt = default, Name = type };
        var recipient = type is "Bounce" or "SpamComplaint" ? "Email" : "Recipient";
        var metadata = WebhookReader.ElementOf(json, "Metadata");
        var occurred = s_times.Select(name => WebhookReader.TimeOf(json, name)).FirstOrDefault(static t => t is not null);
        return read with
        {
            // Only bounces have an id of their own.
            EventId = WebhookReader.EventIdOf(
                "postmark", type, WebhookReader.TextOf(json, "ID"), WebhookReader.TextOf(json, "MessageID"), WebhookReader.TextOf(json, recipient), $"{occurred?.UtcTicks}", WebhookReader.TextOf(json, "OriginalLink")),
            MailId = WebhookReader.MailIdOf(metadata),
            ProviderMessageId = WebhookReader.TextOf(json, "MessageID") is { } id && Guid.TryParse(id, out var guid) && guid != Guid.Empty ? id : null,
            Recipient = WebhookReader.AddressOf(json, recipient),
            OccurredAt = occurred ?? time.GetUtcNow(),
            Tags = WebhookReader.TextOf(json, "Tag") is { Length: > 0 } tag ? [tag] : [],
            Metadata = WebhookReader.MetadataOf(metadata),
        };
    }

    private bool IsProven(MailWebhookRequest request) => options.WebhookHeader is { } header
        ? WebhookReader.AreSame(request.Header(header), options.WebhookPassword!)
        : WebhookReader.AreSame(request.Header("Authorization"), $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.WebhookUserName}:{options.WebhookPassword}"))}");
}
