using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Transports.Http;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Transports.Ses;

/// <summary>Reads what Amazon SES reports through topics of Amazon SNS that are pinned, and confirms their subscriptions.</summary>
internal sealed class SesWebhook : IMailWebhook, IDisposable
{
    private const int LongestAnswer = 64 * 1024;

    private readonly SesOptions _options;
    private readonly IHttpClientFactory _clients;
    private readonly TimeProvider _time;
    private readonly SnsCertificates _certificates;

    public SesWebhook(SesOptions options, MailTransportContext context)
    {
        _options = options;
        _clients = context.Services.GetRequiredService<IHttpClientFactory>();
        _time = context.Services.GetRequiredService<TimeProvider>();
        _certificates = new SnsCertificates(FetchAsync, _time);
    }

    public async ValueTask<IReadOnlyList<MailEvent>> ReceiveAsync(MailWebhookRequest request, CancellationToken cancellationToken)
    {
        WebhookReader.RefuseStrangers(request, "text/plain", "application/json");
        using var json = WebhookReader.ReadJson(request.Body);
        var envelope = SnsEnvelope.Read(json.RootElement);
        try
        {
            if (!IsPinned(envelope) || !IsOfNow(envelope) || !await IsSignedAsync(envelope, cancellationToken).ConfigureAwait(false))
            {
                throw new MailWebhookException(WebhookRefusal.Unauthenticated, "The request is not signed by Amazon SNS for a topic of WebhookTopicArns, or too old.");
            }

            return envelope.Type switch
            {
                "Notification" => Read(envelope),
                "SubscriptionConfirmation" => await ConfirmAsync(envelope, cancellationToken).ConfigureAwait(false),
                _ => [], // somebody unsubscribed
            };
        }
        catch (HttpRequestException unreachable)
        {
            throw new MailEventsNotStoredException(unreachable); // SNS asks again
        }
    }

    public void Dispose() => _certificates.Dispose();

    private IReadOnlyList<MailEvent> Read(SnsEnvelope envelope)
    {
        // The first message of a topic is a sentence.
        if (!envelope.Message.AsSpan().TrimStart().StartsWith("{")) return [];
        using var message = WebhookReader.ReadJson(System.Text.Encoding.UTF8.GetBytes(envelope.Message));
        return SesEvents.Read(message.RootElement, envelope.MessageId, _time.GetUtcNow());
    }

    private async Task<IReadOnlyList<MailEvent>> ConfirmAsync(SnsEnvelope envelope, CancellationToken cancellationToken)
    {
        if (envelope.OwnAddress("SubscribeURL") is not { } address) throw new MailWebhookException(WebhookRefusal.Malformed, "The subscription is not confirmed at the topic's own host.");
        if ((await FetchAsync(address, cancellationToken).ConfigureAwait(false)).Length == 0) throw new MailWebhookException(WebhookRefusal.Malformed, "Amazon SNS does not know the subscription any more.");
        return [];
    }

    private bool IsPinned(SnsEnvelope envelope) => envelope.Host is not null && _options.WebhookTopicArns.Contains(envelope.TopicArn, StringComparer.Ordinal);

    private bool IsOfNow(SnsEnvelope envelope) =>
        DateTimeOffset.TryParse(envelope["Timestamp"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && (_time.GetUtcNow() - at).Duration() <= _options.WebhookTolerance;

    [SuppressMessage("Security", "CA5350", Justification = "Signature version 1 of SNS is SHA-1; whoever can choose sets version 2.")]
    private async ValueTask<bool> IsSignedAsync(SnsEnvelope envelope, CancellationToken cancellationToken)
    {
        HashAlgorithmName? algorithm = envelope["SignatureVersion"] switch
        {
            "1" => HashAlgorithmName.SHA1,
            "2" => HashAlgorithmName.SHA256,
            _ => null,
        };
        if (algorithm is null || WebhookReader.SignatureOf(envelope["Signature"]) is not { Length: <= 1024 } signature) return false;
        using var key = await _certificates.FindKeyAsync(envelope, cancellationToken).ConfigureAwait(false);
        return key is not null && key.VerifyData(envelope.Signed(), signature, algorithm.Value, RSASignaturePadding.Pkcs1);
    }

    private async Task<string> FetchAsync(Uri address, CancellationToken cancellationToken)
    {
        using var client = _clients.CreateClient(HttpMailTransport.ClientName);
        client.MaxResponseContentBufferSize = LongestAnswer;
        client.Timeout = _options.Timeout;
        try
        {
            using var response = await client.GetAsync(address, cancellationToken).ConfigureAwait(false);
            if ((int)response.StatusCode is >= 400 and < 500) return ""; // there is no such page
            response.EnsureSuccessStatusCode();
            return await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException("Amazon SNS did not answer in time.", slow);
        }
    }
}
