using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Transports.Ses;

/// <summary>What Amazon SNS puts around an event, signed: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html.</summary>
/// <param name="Fields">Its texts by name.</param>
internal sealed partial record SnsEnvelope(IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>What is signed, in this order, where it is present.</summary>
    private static readonly string[] s_signed = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

    public string Type => this["Type"] ?? "";

    public string MessageId => this["MessageId"] ?? "";

    public string TopicArn => this["TopicArn"] ?? "";

    public string Message => this["Message"] ?? "";

    /// <summary>Gets the host of the topic's region, the only one that certificates and confirmations may come from; <see langword="null"/> where the topic is none.</summary>
    public string? Host => Arn().Match(TopicArn) is { Success: true } arn ? $"sns.{arn.Groups["region"].Value}.amazonaws.com{(arn.Groups["partition"].Value is "aws-cn" ? ".cn" : "")}" : null;

    /// <summary>Gets a text, or <see langword="null"/>.</summary>
    public string? this[string name] => Fields.GetValueOrDefault(name);

    public static SnsEnvelope Read(JsonElement json)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in (string[])[.. s_signed, "SignatureVersion", "Signature", "SigningCertURL"])
        {
            // A function in between may have changed the case of "URL".
            if ((WebhookReader.TextOf(json, name) ?? WebhookReader.TextOf(json, name.Replace("URL", "Url", StringComparison.Ordinal))) is { } text) fields[name] = text;
        }

        return new SnsEnvelope(fields);
    }

    /// <summary>Returns the bytes that the signature covers.</summary>
    public byte[] Signed()
    {
        var text = new StringBuilder();
        foreach (var name in s_signed)
        {
            if (this[name] is { } value) text.Append(name).Append('\n').Append(value).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Returns an address of the topic's own host, encrypted and without tricks, or <see langword="null"/>.</summary>
    public Uri? OwnAddress(string name) =>
        Uri.TryCreate(this[name], UriKind.Absolute, out var address) && address is { Scheme: "https", IsDefaultPort: true, UserInfo: "", Fragment: "" } && string.Equals(address.Host, Host, StringComparison.Ordinal) ? address : null;

    [GeneratedRegex("^arn:(?<partition>aws|aws-cn|aws-us-gov):sns:(?<region>[a-z0-9-]{3,30}):[0-9]{12}:[A-Za-z0-9_.-]{1,260}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Arn();
}
