using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace TransactionalMail.Webhooks;

/// <summary>What every <see cref="IMailWebhook"/> needs to prove a request and to read it. For adapter authors; thread-safe.</summary>
public static class WebhookReader
{
    /// <summary>The largest body any provider sends, in bytes, with room to spare: 4 MiB.</summary>
    public const int LargestBody = 4 * 1024 * 1024;

    private static readonly JsonDocumentOptions s_strict = new() { MaxDepth = 32 };

    /// <summary>Returns whether a value given is the one expected, in a time that does not tell how much of it is right.</summary>
    public static bool AreSame(string? given, string expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given ?? "")), SHA256.HashData(Encoding.UTF8.GetBytes(expected))) && given is not null;
    }

    /// <summary>Returns whether a time, as seconds since 1970, is a time and no farther from ours than is tolerated.</summary>
    internal static bool IsOfNow(string seconds, DateTimeOffset now, TimeSpan tolerance) =>
        long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && Math.Abs(now.ToUnixTimeSeconds() - (decimal)at) <= (decimal)tolerance.TotalSeconds;

    /// <summary>Returns the bytes of a signature in base64 as everybody writes it, or <see langword="null"/>: another spelling of the same bytes is none.</summary>
    public static byte[]? SignatureOf(string? text)
    {
        var bytes = new byte[text?.Length ?? 0];
        return Convert.TryFromBase64String(text ?? "", bytes, out var length) && length > 0 && string.Equals(Convert.ToBase64String(bytes, 0, length), text, StringComparison.Ordinal) ? bytes[..length] : null;
    }

    /// <summary>Refuses a body that is larger than <see cref="LargestBody"/>, or not of a type the provider sends.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mediaTypes">The types the provider sends.</param>
    /// <exception cref="MailWebhookException">It is.</exception>
    public static void RefuseStrangers(MailWebhookRequest request, params ReadOnlySpan<string> mediaTypes)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Body.Length > LargestBody) throw new MailWebhookException(WebhookRefusal.TooLarge, "The request is larger than any the provider sends.");
        var type = (request.Header("Content-Type") ?? "").Split(';')[0].Trim();
        foreach (var mediaType in mediaTypes)
        {
            if (string.Equals(type, mediaType, StringComparison.OrdinalIgnoreCase)) return;
        }

        throw new MailWebhookException(WebhookRefusal.UnsupportedMediaType, $"The request is not {string.Join(" or ", mediaTypes.ToArray())}.");
    }

    /// <summary>Reads the body as JSON of moderate depth.</summary>
    /// <exception cref="MailWebhookException">It is something else.</exception>
    public static JsonDocument ReadJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            if (Utf8.IsValid(body.Span)) return JsonDocument.Parse(body, s_strict);
        }
        catch (JsonException)
        {
            // It is something else.
        }

        throw new MailWebhookException(WebhookRefusal.Malformed, "The request is not JSON.");
    }

    /// <summary>Makes the id of an event from what tells it apart, the same each time the same is told.</summary>
    /// <returns>A version 8 UUID (RFC 9562 §5.8).</returns>
    public static Guid EventIdOf(params ReadOnlySpan<string?> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(BitConverter.GetBytes(part?.Length ?? -1));
            hash.AppendData(Encoding.UTF8.GetBytes(part ?? ""));
        }

        var id = hash.GetHashAndReset().AsSpan(0, 16);
        id[6] = (byte)(id[6] & 0x0F | 0x80);
        id[8] = (byte)(id[8] & 0x3F | 0x80);
        return new Guid(id, bigEndian: true);
    }

    /// <summary>Returns the text or the number of a property, or <see langword="null"/> where there is neither.</summary>
    public static string? TextOf(JsonElement json, string name)
    {
        if (json.ValueKind is not JsonValueKind.Object || !json.TryGetProperty(name, out var value)) return null;
        return value.ValueKind switch
        {
            JsonValueKind.String => ReadString(value),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
    }

    /// <summary>Returns a property, or an undefined element.</summary>
    public static JsonElement ElementOf(JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

    /// <summary>Returns the texts of a property that is one text or a list of them.</summary>
    public static IReadOnlyList<string> TextsOf(JsonElement json, string name) => ElementOf(json, name) switch
    {
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Where(static item => item.ValueKind is JsonValueKind.String).Select(ReadString).OfType<string>()],
        _ => TextOf(json, name) is { } one ? [one] : [],
    };

    /// <summary>Returns the address of a property, or <see langword="null"/> where it is none.</summary>
    public static EmailAddress? AddressOf(JsonElement json, string name) => EmailAddress.TryParse(TextOf(json, name)?.Trim(), null, out var address) ? address : null;

    /// <summary>Returns the time of a property in ISO 8601, or as seconds since 1970; <see langword="null"/> where it is neither.</summary>
    public static DateTimeOffset? TimeOf(JsonElement json, string name)
    {
        if (TextOf(json, name) is not { } text) return null;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            // Seconds of our time have ten digits; samples and some feeds have milliseconds.
            if (seconds > 100_000_000_000) seconds /= 1000;
            return seconds < 100_000_000_000 ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) : null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }

    /// <summary>Returns the texts of an object, with the mail's own id left out.</summary>
    public static IReadOnlyDictionary<string, string> MetadataOf(JsonElement json)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in NamesOf(json).Where(static name => !string.Equals(name, Transports.Http.HttpMailTransport.MailIdKey, StringComparison.Ordinal)))
        {
            if (TextOf(json, name) is { } value) metadata[name] = value;
        }

        return metadata;
    }

    /// <summary>Returns the names of an object's properties, without any that cannot be read.</summary>
    public static IReadOnlyList<string> NamesOf(JsonElement json) =>
        json.ValueKind is JsonValueKind.Object ? [.. json.EnumerateObject().Select(static property => Readable(property, static p => p.Name)).OfType<string>()] : [];

    /// <summary>Returns the mail's id as the transport sent it along, or an empty one.</summary>
    public static MailId MailIdOf(JsonElement metadata) => MailId.TryParse(TextOf(metadata, Transports.Http.HttpMailTransport.MailIdKey), null, out var id) ? id : default;

    private static string? ReadString(JsonElement value) => Readable(value, static v => v.GetString());

    /// <summary>Half a surrogate pair cannot be read; a provider that sends one is not to lose its batch.</summary>
    private static string? Readable<T>(T json, Func<T, string?> read)
    {
        try
        {
            return read(json);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
