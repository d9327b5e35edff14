using System.Text;
using System.Text.Json.Nodes;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Webhooks;

/// <summary>A request made from a provider's own, which nobody may take.</summary>
/// <param name="How">What was done to it.</param>
/// <param name="Path">The transport it is posted to.</param>
/// <param name="Webhook">The request.</param>
internal sealed record Forgery(string How, string Path, SimulatedWebhook Webhook)
{
    private static readonly string[] s_strangeHosts =
    [
        "http://sns.us-east-1.amazonaws.com", "https://sns.eu-west-1.amazonaws.com", "https://sns.us-east-1.amazonaws.com.evil.example", "https://evil.example", "https://sns.us-east-1.amazonaws.com@evil.example",
        "https://sns.us-east-1.amazonaws.com:8443", "https://169.254.169.254", "https://127.0.0.1", "https://[::1]", "https://bucket.s3.amazonaws.com", "https://sns.us-east-1.amazonaws.com\\.evil.example", "//evil.example", "file://",
    ];

    private static readonly string[] s_strangeTopics = ["arn:aws:sns:us-east-1:999999999999:simulated", "arn:aws:sns:us-east-1:123456789012:other", "arn:aws:sns:evil.example/:123456789012:simulated", "arn:aws-cn:sns:us-east-1:123456789012:simulated", ""];

    /// <summary>Forges one of a provider's requests, in a way that the numbers decide.</summary>
    /// <param name="genuine">The requests of every provider, each taken once already.</param>
    /// <param name="stale">Requests that are signed, and from hours ago or hence; Postmark has none, for it proves no time.</param>
    /// <param name="strange">Requests of every provider that are signed by somebody else's key.</param>
    /// <param name="random">The numbers.</param>
    public static Forgery Make(IReadOnlyDictionary<string, SimulatedWebhook[]> genuine, IReadOnlyDictionary<string, SimulatedWebhook[]> stale, IReadOnlyDictionary<string, SimulatedWebhook[]> strange, Random random)
    {
        var provider = Any(WebhookHost.Providers, random);
        var webhook = Any(genuine[provider], random);
        return (random.Next(12), provider) switch
        {
            (0, _) => new("strange key", provider, Any(strange[provider], random)),
            (1, not "postmark") => new("stale", provider, Any(stale[provider], random)),
            (2, _) => new("another path", Any(["nobody", .. WebhookHost.Providers.Where(p => p != provider)], random), webhook),
            (3, _) => new("truncated", provider, webhook with { Body = webhook.Body[..random.Next(webhook.Body.Length)] }),
            (4, _) => new("another type", provider, With(webhook, "Content-Type", Any(["text/html", "application/xml", "application/x-www-form-urlencoded", "x"], random))),
            (5, _) => new("compressed", provider, With(webhook, "Content-Encoding", Any(["gzip", "br", "identity"], random))),
            (6 or 7, _) => new("proof of another request", provider, Swap(provider, webhook, genuine, random)),
            (8, "ses") => new("strange address", provider, Set(webhook, "SigningCertURL", $"{Any(s_strangeHosts, random)}/SimpleNotificationService-{random.NextInt64():x16}.pem")),
            (9, "ses") => new("strange topic", provider, Set(webhook, "TopicArn", Any(s_strangeTopics, random))),
            (10, "ses") => new("subscription to a stranger", provider, Set(Set(webhook, "Type", "SubscriptionConfirmation"), "SubscribeURL", $"{Any(s_strangeHosts, random)}/?Action=ConfirmSubscription")),
            (8, "mailgun") => new("another event", provider, Twice(webhook, random)),
            (_, "postmark") => new("changed proof", provider, Change(webhook, "Authorization", random)),
            (8 or 9, "sendgrid") => new("changed proof", provider, Change(webhook, Any(["X-Twilio-Email-Event-Webhook-Timestamp", "X-Twilio-Email-Event-Webhook-Signature"], random), random)),
            _ => new("changed body", provider, Change(webhook, random)),
        };
    }

    /// <summary>Changes bytes that the signature covers or is made of.</summary>
    private static SimulatedWebhook Change(SimulatedWebhook webhook, Random random)
    {
        var body = webhook.Body.ToArray();
        var unsigned = body.AsSpan().IndexOf("\"SigningCertURL\""u8); // what follows is proven otherwise, or read by nobody
        var end = unsigned < 0 ? body.Length : unsigned;
        if (random.Next(2) == 0)
        {
            // It stays JSON, and says something else.
            var at = Any([.. Enumerable.Range(0, end).Where(i => char.IsAsciiLetterOrDigit((char)body[i]))], random);
            body[at] = (byte)(body[at] is (byte)'7' ? '8' : '7');
            return webhook with { Body = body };
        }

        for (var n = random.Next(1, 8); n > 0; n--) body[random.Next(end)] ^= (byte)random.Next(1, 256);
        if (body.AsSpan().SequenceEqual(webhook.Body.Span)) body[random.Next(end)] ^= 1;
        return webhook with { Body = body };
    }

    /// <summary>Changes, cuts, lengthens, exchanges or drops a field.</summary>
    private static SimulatedWebhook Change(SimulatedWebhook webhook, string field, Random random)
    {
        var value = webhook.Headers[field];
        var at = random.Next(value.Length);
        return random.Next(6) switch
        {
            0 => With(webhook, field, value[..at]),
            1 => With(webhook, field, value + (char)random.Next('!', '\x7f')),
            2 => With(webhook, field, Convert.ToBase64String(Guid.NewGuid().ToByteArray())),
            3 => webhook with { Headers = webhook.Headers.Where(h => h.Key != field).ToDictionary() },
            4 => With(webhook, field, $"{value},{value}"),
            _ => With(webhook, field, $"{value[..at]}{(value[at] is 'x' ? 'y' : 'x')}{value[(at + 1)..]}"),
        };
    }

    /// <summary>Gives a request what proves another one; Postmark's proves all alike, so that it gets another provider's.</summary>
    private static SimulatedWebhook Swap(string provider, SimulatedWebhook webhook, IReadOnlyDictionary<string, SimulatedWebhook[]> genuine, Random random)
    {
        if (provider is "postmark") return webhook with { Headers = Any(genuine["sendgrid"], random).Headers };
        var other = Any([.. genuine[provider].Where(w => w != webhook)], random);
        if (provider is "sendgrid") return webhook with { Headers = other.Headers };
        var field = provider is "mailgun" ? "signature" : "Signature";
        return Set(webhook, field, JsonNode.Parse(other.Body.Span)![field]!.DeepClone());
    }

    /// <summary>Tells another event after the proven one, under the same name and the same token.</summary>
    private static SimulatedWebhook Twice(SimulatedWebhook webhook, Random random)
    {
        var added = $"\"event-data\":{{\"event\":\"complained\",\"id\":\"{random.NextInt64()}\",\"recipient\":\"ada@example.com\"}}";
        return webhook with { Body = Encoding.UTF8.GetBytes($"{webhook.Text[..^1]},{added}}}") };
    }

    private static SimulatedWebhook Set(SimulatedWebhook webhook, string name, JsonNode value)
    {
        var json = JsonNode.Parse(webhook.Body.Span)!;
        json[name] = value;
        return webhook with { Body = Encoding.UTF8.GetBytes(json.ToJsonString()) };
    }

    private static SimulatedWebhook With(SimulatedWebhook webhook, string field, string value) =>
        webhook with { Headers = new Dictionary<string, string>(webhook.Headers, StringComparer.OrdinalIgnoreCase) { [field] = value } };

    private static T Any<T>(IReadOnlyList<T> items, Random random) => items[random.Next(items.Count)];
}
