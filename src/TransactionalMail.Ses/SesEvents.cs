using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Transports.Ses;

/// <summary>Reads an event or a notification of Amazon SES, one event for each recipient: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html.</summary>
internal static class SesEvents
{
    /// <summary>What each kind tells, under which name it stands, and which of its lists names the recipients.</summary>
    private static readonly FrozenDictionary<string, (string Detail, string? Recipients, Func<JsonElement, JsonElement, MailEvent> Read)> s_kinds =
        new Dictionary<string, (string Detail, string? Recipients, Func<JsonElement, JsonElement, MailEvent> Read)>(StringComparer.Ordinal)
        {
            ["Send"] = ("send", null, static (_, _) => new MailAccepted { MailId = default, OccurredAt = default }),
            ["Delivery"] = ("delivery", "recipients", static (_, _) => new MailDelivered { MailId = default, OccurredAt = default }),
            ["Bounce"] = ("bounce", "bouncedRecipients", Bounce),
            ["Complaint"] = ("complaint", "complainedRecipients", static (_, _) => new MailComplained { MailId = default, OccurredAt = default }),
            ["DeliveryDelay"] = ("deliveryDelay", "delayedRecipients", static (_, recipient) => new MailDeferred { MailId = default, OccurredAt = default, EnhancedCode = WebhookReader.TextOf(recipient, "status"), Diagnostic = Said(recipient) }),
            ["Reject"] = ("reject", null, static (reject, _) => new MailFailed { MailId = default, OccurredAt = default, Failure = TransportFailure.MessageRejected, Diagnostic = ServerText.Scrub(WebhookReader.TextOf(reject, "reason")) }),
            ["Rendering Failure"] = ("failure", null, static (failure, _) => new MailFailed { MailId = default, OccurredAt = default, Failure = TransportFailure.MessageRejected, Diagnostic = ServerText.Scrub(WebhookReader.TextOf(failure, "errorMessage")) }),
            ["Open"] = ("open", null, static (_, _) => new MailOpened { MailId = default, OccurredAt = default }),
            ["Click"] = ("click", null, static (click, _) => new MailClicked { MailId = default, OccurredAt = default, Url = WebhookReader.TextOf(click, "link") ?? "" }),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IReadOnlyList<MailEvent> Read(JsonElement json, string messageId, DateTimeOffset now)
    {
        if ((WebhookReader.TextOf(json, "eventType") ?? WebhookReader.TextOf(json, "notificationType")) is not { } kind) return [];
        var mail = WebhookReader.ElementOf(json, "mail");
        var known = s_kinds.TryGetValue(kind, out var meaning);
        var detail = known ? WebhookReader.ElementOf(json, meaning.Detail) : default;
        var template = new MailUnknownEvent
        {
            MailId = IdOf(mail),
            OccurredAt = WebhookReader.TimeOf(detail, "timestamp") ?? WebhookReader.TimeOf(mail, "timestamp") ?? now,
            ProviderMessageId = WebhookReader.TextOf(mail, "messageId"),
            Tags = TagsOf(mail),
            Metadata = MetadataOf(mail),
            Name = kind,
        };
        return [.. Recipients(mail, detail, known ? meaning.Recipients : null).Select((recipient, index) => (known ? meaning.Read(detail, recipient.Detail) : template) with
        {
            EventId = WebhookReader.EventIdOf("ses", messageId, index.ToString(CultureInfo.InvariantCulture)),
            MailId = template.MailId,
            OccurredAt = template.OccurredAt,
            ProviderMessageId = template.ProviderMessageId,
            Tags = template.Tags,
            Metadata = template.Metadata,
            Recipient = recipient.Address,
        })];
    }

    private static MailEvent Bounce(JsonElement bounce, JsonElement recipient)
    {
        var subType = WebhookReader.TextOf(bounce, "bounceSubType");
        if (subType is "Suppressed" or "OnAccountSuppressionList") return new MailSuppressed { MailId = default, OccurredAt = default, Reason = SuppressionReason.HardBounce };
        return new MailBounced
        {
            MailId = default,
            OccurredAt = default,
            BounceKind = (WebhookReader.TextOf(bounce, "bounceType"), subType) switch
            {
                ("Permanent", _) => BounceKind.Hard,
                ("Transient", "ContentRejected" or "AttachmentRejected") => BounceKind.Blocked,
                ("Transient", _) => BounceKind.Soft,
                _ => BounceKind.Undetermined,
            },
            EnhancedCode = WebhookReader.TextOf(recipient, "status"),
            Diagnostic = Said(recipient),
        };
    }

    private static string? Said(JsonElement recipient) => WebhookReader.TextOf(recipient, "diagnosticCode") is { } said ? ServerText.Scrub(said) : null;

    /// <summary>Whoever opens or clicks is not named; where the mail went to one, it was that one.</summary>
    private static (EmailAddress? Address, JsonElement Detail)[] Recipients(JsonElement mail, JsonElement detail, string? list)
    {
        if (list is not null && WebhookReader.ElementOf(detail, list) is { ValueKind: JsonValueKind.Array } named && named.GetArrayLength() > 0)
        {
            return named[0].ValueKind is JsonValueKind.Object
                ? [.. named.EnumerateArray().Select(static item => (WebhookReader.AddressOf(item, "emailAddress"), item))]
                : [.. WebhookReader.TextsOf(detail, list).Select(static text => (Parse(text), default(JsonElement)))];
        }

        return WebhookReader.TextsOf(mail, "destination") is [var only] ? [(Parse(only), default)] : [(null, default)];
    }

    private static EmailAddress? Parse(string text) => EmailAddress.TryParse(text.Trim(), null, out var address) ? address : null;

    private static MailId IdOf(JsonElement mail)
    {
        var tag = WebhookReader.TextsOf(WebhookReader.ElementOf(mail, "tags"), Http.HttpMailTransport.MailIdKey) is [var first, ..] ? first : null;
        return MailId.TryParse(tag ?? Fields(mail).FirstOrDefault(static f => Is(f.Name, "X-TransactionalMail-Id")).Value, null, out var id) ? id : default;
    }

    /// <summary>The fields hold every tag; where SES cut them short or leaves them out, its own tags hold those that it can express.</summary>
    private static string[] TagsOf(JsonElement mail)
    {
        string[] fields = [.. Fields(mail).Where(static f => Is(f.Name, "X-Tag")).Select(static f => f.Value)];
        return fields.Length > 0 ? fields : [.. Own(mail).Where(static t => Is(t.Name, "tag") || t.Name.StartsWith("tag-", StringComparison.OrdinalIgnoreCase)).Select(static t => t.Value)];
    }

    private static Dictionary<string, string> MetadataOf(JsonElement mail)
    {
        const string Prefix = "X-Metadata-";
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Fields(mail).Where(static f => f.Name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))) metadata[name[Prefix.Length..]] = value;
        if (metadata.Count > 0) return metadata;
        foreach (var (name, value) in Own(mail).Where(static t => !Is(t.Name, "tag") && !t.Name.StartsWith("tag-", StringComparison.OrdinalIgnoreCase) && !Is(t.Name, Http.HttpMailTransport.MailIdKey))) metadata[name] = value;
        return metadata;
    }

    private static IEnumerable<(string Name, string Value)> Fields(JsonElement mail)
    {
        if (WebhookReader.ElementOf(mail, "headers") is not { ValueKind: JsonValueKind.Array } headers) yield break;
        foreach (var header in headers.EnumerateArray())
        {
            if (WebhookReader.TextOf(header, "name") is { } name && WebhookReader.TextOf(header, "value") is { } value) yield return (name, value);
        }
    }

    private static IEnumerable<(string Name, string Value)> Own(JsonElement mail)
    {
        var tags = WebhookReader.ElementOf(mail, "tags");
        foreach (var name in WebhookReader.NamesOf(tags).Where(static name => !name.StartsWith("ses:", StringComparison.OrdinalIgnoreCase)))
        {
            if (WebhookReader.TextsOf(tags, name) is [var value, ..]) yield return (name, value);
        }
    }

    private static bool Is(string name, string expected) => string.Equals(name, expected, StringComparison.OrdinalIgnoreCase);
}
