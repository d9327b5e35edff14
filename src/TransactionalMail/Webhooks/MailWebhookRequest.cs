namespace TransactionalMail.Webhooks;

/// <summary>A request that claims to come from a provider. Immutable.</summary>
/// <param name="Headers">The header fields, one value each; looked up without regard to case.</param>
/// <param name="Body">The body, byte for byte: signatures cover it.</param>
public sealed record MailWebhookRequest(IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>Returns the value of a header field, or <see langword="null"/>.</summary>
    public string? Header(string name)
    {
        foreach (var (key, value) in Headers)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase)) return value;
        }

        return null;
    }

    /// <summary>Returns the size, never a field or the body.</summary>
    public override string ToString() => $"MailWebhookRequest {{ Body: {Body.Length} bytes }}";
}
