using System.Text.Json;

namespace TransactionalMail.Testing.Ses;

/// <summary>The body of <c>SendEmail</c> with raw content, read more strictly than SES does: a field it does not have is an error, where SES would ignore it.</summary>
internal sealed class SesRequest
{
    private const int MostRecipients = 50;
    private const int LongestWord = 256;

    private SesRequest(JsonElement body)
    {
        Fields(body, "the request", "FromEmailAddress", "FromEmailAddressIdentityArn", "Destination", "ReplyToAddresses", "FeedbackForwardingEmailAddress", "FeedbackForwardingEmailAddressIdentityArn", "Content", "EmailTags", "ConfigurationSetName", "TenantName");
        From = Text(body, "FromEmailAddress");
        FeedbackAddress = Text(body, "FeedbackForwardingEmailAddress");
        ConfigurationSet = Text(body, "ConfigurationSetName");
        foreach (var name in (string[])["FromEmailAddressIdentityArn", "FeedbackForwardingEmailAddressIdentityArn", "TenantName"]) Text(body, name);
        if (body.TryGetProperty("Destination", out var destination))
        {
            Fields(destination, "Destination", "ToAddresses", "CcAddresses", "BccAddresses");
            (To, Cc, Bcc) = (Addresses(destination, "ToAddresses"), Addresses(destination, "CcAddresses"), Addresses(destination, "BccAddresses"));
        }

        if (body.TryGetProperty("ReplyToAddresses", out _)) throw Bad("The simulator takes Reply-To in the MIME only.");
        if (To.Length + Cc.Length + Bcc.Length is 0 or > MostRecipients) throw Bad($"Recipient count is not between 1 and {MostRecipients}.");
        Raw = ReadRaw(body);
        Tags = ReadTags(body);
    }

    public string? From { get; }

    public string? FeedbackAddress { get; }

    public string? ConfigurationSet { get; }

    public string[] To { get; } = [];

    public string[] Cc { get; } = [];

    public string[] Bcc { get; } = [];

    public byte[] Raw { get; }

    public Dictionary<string, string> Tags { get; }

    /// <exception cref="SesRefusal">It is not a request that SES takes.</exception>
    public static SesRequest Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return new SesRequest(document.RootElement);
        }
        catch (JsonException)
        {
            throw new SesRefusal("SerializationException", "The request is not JSON.");
        }
    }

    private static byte[] ReadRaw(JsonElement body)
    {
        if (!body.TryGetProperty("Content", out var content)) throw Bad("Content is required.");
        Fields(content, "Content", nameof(Raw));
        if (!content.TryGetProperty(nameof(Raw), out var raw)) throw Bad("The simulator takes Content.Raw only.");
        Fields(raw, "Content.Raw", "Data");
        return raw.TryGetProperty("Data", out var data) && data.ValueKind is JsonValueKind.String && data.TryGetBytesFromBase64(out var bytes) ? bytes : throw Bad("Content.Raw.Data is not base64.");
    }

    private static Dictionary<string, string> ReadTags(JsonElement body)
    {
        var tags = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (!body.TryGetProperty("EmailTags", out var list)) return tags;
        if (list.ValueKind is not JsonValueKind.Array) throw Bad("EmailTags is not a list.");
        foreach (var tag in list.EnumerateArray())
        {
            Fields(tag, "EmailTags", "Name", "Value");
            var (name, value) = (Text(tag, "Name"), Text(tag, "Value"));
            if (!IsWord(name)) throw Bad($"Invalid tag name <{name}>: only alphanumeric ASCII characters, '_', and '-' are allowed, {LongestWord} at most.");
            if (!IsWord(value)) throw Bad($"Invalid tag value <{value}>: only alphanumeric ASCII characters, '_', and '-' are allowed, {LongestWord} at most.");
            if (!tags.TryAdd(name!, value!)) throw Bad($"Duplicate tag name <{name}>.");
        }

        return tags;
    }

    private static string[] Addresses(JsonElement destination, string field)
    {
        if (!destination.TryGetProperty(field, out var list)) return [];
        if (list.ValueKind is not JsonValueKind.Array) throw Bad($"{field} is not a list.");
        return [.. list.EnumerateArray().Select(address =>
            address.ValueKind is JsonValueKind.String && EmailAddress.TryParse(address.GetString(), null, out var parsed) && !parsed.RequiresSmtpUtf8 && parsed.SmtpAddress.All(char.IsAscii)
                ? address.GetString()!
                : throw Bad($"{field} holds an illegal address."))];
    }

    private static void Fields(JsonElement element, string where, params ReadOnlySpan<string> known)
    {
        if (element.ValueKind is not JsonValueKind.Object) throw new SesRefusal("SerializationException", $"{where} is not an object.");
        foreach (var field in element.EnumerateObject())
        {
            if (!known.Contains(field.Name)) throw Bad($"{where} has no field '{field.Name}' that the simulator knows.");
        }
    }

    private static string? Text(JsonElement element, string field)
    {
        if (!element.TryGetProperty(field, out var value)) return null;
        return value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : throw new SesRefusal("SerializationException", $"{field} is not a text.");
    }

    private static bool IsWord(string? text) => text is { Length: > 0 and <= LongestWord } && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static SesRefusal Bad(string message) => new("BadRequestException", message);
}
