using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace TransactionalMail.Testing.Ses;

/// <summary>A topic of Amazon SNS, its key and its certificate: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. Thread-safe.</summary>
internal sealed class SnsTopic
{
    /// <summary>What is signed, in this order, where it is present.</summary>
    private static readonly string[] s_signed = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

    private readonly string _arn;
    private readonly RSAParameters _key;
    private readonly string _token = RandomNumberGenerator.GetHexString(64, lowercase: true);
    private volatile bool _isSubscribed;

    public SnsTopic(string arn, DateTimeOffset now)
    {
        _arn = arn;
        Host = arn.Split(':') is [_, var partition, "sns", var region, ..] ? $"sns.{region}.amazonaws.com{(partition is "aws-cn" ? ".cn" : "")}" : throw new ArgumentException($"\"{arn}\" is no topic of Amazon SNS.", nameof(arn));
        using var key = RSA.Create(2048);
        _key = key.ExportParameters(includePrivateParameters: true);
        using var certificate = new CertificateRequest("CN=sns.amazonaws.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-30), now.AddYears(1));
        CertificatePem = certificate.ExportCertificatePem();
        CertificateUrl = new Uri($"https://{Host}/SimpleNotificationService-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}.pem");
        SubscribeUrl = new Uri($"https://{Host}/?Action=ConfirmSubscription&TopicArn={arn}&Token={_token}");
    }

    /// <summary>Gets the host of the topic's region.</summary>
    public string Host { get; }

    public Uri CertificateUrl { get; }

    public string CertificatePem { get; }

    public Uri SubscribeUrl { get; }

    public bool IsSubscribed => _isSubscribed;

    public void Confirm() => _isSubscribed = true;

    public SimulatedWebhook Notify(byte[] message, int version, DateTimeOffset now) => Sign(
        new JsonObject { ["Type"] = "Notification", ["MessageId"] = Guid.NewGuid().ToString(), ["TopicArn"] = _arn, ["Subject"] = "Amazon SES Email Event Notification", ["Message"] = Encoding.UTF8.GetString(message) },
        version,
        now);

    public SimulatedWebhook Subscribe(int version, DateTimeOffset now) => Sign(
        new JsonObject { ["Type"] = "SubscriptionConfirmation", ["MessageId"] = Guid.NewGuid().ToString(), ["Token"] = _token, ["TopicArn"] = _arn, ["Message"] = $"You have chosen to subscribe to the topic {_arn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.", ["SubscribeURL"] = SubscribeUrl.AbsoluteUri },
        version,
        now);

    [SuppressMessage("Security", "CA5350", Justification = "Signature version 1 of SNS is SHA-1.")]
    private SimulatedWebhook Sign(JsonObject envelope, int version, DateTimeOffset now)
    {
        var algorithm = version switch
        {
            1 => HashAlgorithmName.SHA1,
            2 => HashAlgorithmName.SHA256,
            _ => throw new NotSupportedException($"Amazon SNS has no signature version {version}."),
        };
        envelope["Timestamp"] = SesReports.Time(now);
        var signed = string.Concat(s_signed.Where(envelope.ContainsKey).Select(name => $"{name}\n{(string)envelope[name]!}\n"));
        using var key = RSA.Create(_key);
        envelope["SignatureVersion"] = $"{version}";
        envelope["Signature"] = Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(signed), algorithm, RSASignaturePadding.Pkcs1));
        envelope["SigningCertURL"] = CertificateUrl.AbsoluteUri;
        if (!envelope.ContainsKey("SubscribeURL")) envelope["UnsubscribeURL"] = $"https://{Host}/?Action=Unsubscribe&SubscriptionArn={_arn}:{Guid.NewGuid()}"; // nobody signs it
        return SimulatedWebhook.Of(
            SimulatedWebhook.Write(envelope),
            "text/plain; charset=UTF-8",
            ("x-amz-sns-message-type", (string)envelope["Type"]!),
            ("x-amz-sns-message-id", (string)envelope["MessageId"]!),
            ("x-amz-sns-topic-arn", _arn));
    }
}
