using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TransactionalMail.Events;
using TransactionalMail.Transports.Smtp;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Transports.Mailgun;

/// <summary>Reads what Mailgun reports: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhooks.</summary>
/// <remarks>Its signature covers a timestamp and a token, not the event: whoever sees one request could tell anything under the same token. So a token serves for one event only.</remarks>
internal sealed class MailgunWebhook(MailgunOptions options, TimeProvider time) : IMailWebhook
{
    private static readonly FrozenDictionary<string, Func<JsonElement, MailEvent>> s_events = new Dictionary<string, Func<JsonElement, MailEvent>>(StringComparer.Ordinal)
    {
        ["accepted"] = static _ => new MailAccepted { MailId = default, OccurredAt = default },
        ["rejected"] = static json => new MailFailed { MailId = default, OccurredAt = default, Failure = TransportFailure.MessageRejected, Diagnostic = ServerText.Scrub(WebhookReader.TextOf(WebhookReader.ElementOf(json, "reject"), "reason")) },
        ["delivered"] = static _ => new MailDelivered { MailId = default, OccurredAt = default },
        ["failed"] = Failed,
        ["opened"] = static json => new MailOpened { MailId = default, OccurredAt = default, IsMachine = WebhookReader.TextOf(WebhookReader.ElementOf(json, "client-info"), "bot") is { Length: > 0 } },
        ["clicked"] = static json => new MailClicked { MailId = default, OccurredAt = default, Url = WebhookReader.TextOf(json, "url") ?? "" },
        ["complained"] = static _ => new MailComplained { MailId = default, OccurredAt = default },
        ["unsubscribed"] = static _ => new MailUnsubscribed { MailId = default, OccurredAt = default },
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly TokenMemory _tokens = new(options.WebhookTolerance * 2);

    public ValueTask<IReadOnlyList<MailEvent>> ReceiveAsync(MailWebhookRequest request, CancellationToken cancellationToken)
    {
        WebhookReader.RefuseStrangers(request, "application/json");
        using var json = WebhookReader.ReadJson(request.Body);
        var data = WebhookReader.ElementOf(json.RootElement, "event-data");
        if (!IsProven(WebhookReader.ElementOf(json.RootElement, "signature"), data)) throw new MailWebhookException(WebhookRefusal.Unauthenticated, "The request is not signed by Mailgun for this transport, too old, or used before.");
        if (data.ValueKind is not JsonValueKind.Object) throw new MailWebhookException(WebhookRefusal.Malformed, "The request has no event-data.");
        return ValueTask.FromResult<IReadOnlyList<MailEvent>>([Read(data)]);
    }

    private static MailEvent Failed(JsonElement json)
    {
        var status = WebhookReader.ElementOf(json, "delivery-status");
        int? code = int.TryParse(WebhookReader.TextOf(status, "code"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        var enhanced = WebhookReader.TextOf(status, "enhanced-code") is { Length: > 0 } given ? given : EnhancedStatusCode.Of(WebhookReader.TextOf(status, "message") ?? "");
        var said = ServerText.Scrub(WebhookReader.TextOf(status, "message") is { Length: > 0 } message ? message : WebhookReader.TextOf(status, "description"));
        if (WebhookReader.TextOf(json, "severity") is not "permanent") return new MailDeferred { MailId = default, OccurredAt = default, SmtpCode = code, EnhancedCode = enhanced, Diagnostic = said };

        return (WebhookReader.TextOf(json, "reason"), code) switch
        {
            ("suppress-bounce", _) or (_, 605) => new MailSuppressed { MailId = default, OccurredAt = default, Reason = SuppressionReason.HardBounce },
            ("suppress-unsubscribe", _) or (_, 606) => new MailSuppressed { MailId = default, OccurredAt = default, Reason = SuppressionReason.Unsubscribe },
            ("suppress-complaint", _) or (_, 607) => new MailSuppressed { MailId = default, OccurredAt = default, Reason = SuppressionReason.Complaint },
            ("old", _) => Bounced(BounceKind.Soft),
            ("espblock", _) => Bounced(BounceKind.Blocked),
            _ => Bounced(EnhancedCodes.BounceKindOf(enhanced) is not BounceKind.Undetermined and var known ? known : code is >= 500 and < 600 ? BounceKind.Hard : BounceKind.Undetermined),
        };

        MailBounced Bounced(BounceKind kind) => new() { MailId = default, OccurredAt = default, BounceKind = kind, SmtpCode = code, EnhancedCode = enhanced, Diagnostic = said };
    }

    private MailEvent Read(JsonElement json)
    {
        var name = WebhookReader.TextOf(json, "event") ?? "";
        var read = s_events.GetValueOrDefault(name)?.Invoke(json) ?? new MailUnknownEvent { MailId = default, OccurredAt = default, Name = name };
        var variables = WebhookReader.ElementOf(json, "user-variables");
        return read with
        {
            EventId = WebhookReader.EventIdOf("mailgun", WebhookReader.TextOf(json, "id"), WebhookReader.TextOf(json, "timestamp"), name, WebhookReader.TextOf(json, "recipient")), // an id is unique for a day only
            MailId = WebhookReader.MailIdOf(variables),
            ProviderMessageId = WebhookReader.TextOf(WebhookReader.ElementOf(WebhookReader.ElementOf(json, "message"), "headers"), "message-id"),
            Recipient = WebhookReader.AddressOf(json, "recipient"),
            OccurredAt = WebhookReader.TimeOf(json, "timestamp") ?? time.GetUtcNow(),
            Tags = WebhookReader.TextsOf(json, "tags"),
            Metadata = WebhookReader.MetadataOf(variables),
        };
    }

    private bool IsProven(JsonElement signature, JsonElement data)
    {
        if (WebhookReader.TextOf(signature, "timestamp") is not { Length: > 0 and <= 20 } timestamp || WebhookReader.TextOf(signature, "token") is not { Length: > 0 and <= 100 } token) return false;
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.WebhookSigningKey!), Encoding.UTF8.GetBytes(timestamp + token)));
        var now = time.GetUtcNow();
        return WebhookReader.AreSame(WebhookReader.TextOf(signature, "signature"), expected)
            && WebhookReader.IsOfNow(timestamp, now, options.WebhookTolerance)
            && _tokens.IsFirstUse(token, data.ValueKind is JsonValueKind.Undefined ? "" : data.GetRawText(), now);
    }
}
