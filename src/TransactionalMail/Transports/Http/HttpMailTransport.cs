using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;

namespace TransactionalMail.Transports.Http;

/// <summary>A transport that hands each mail over in one HTTP request. Thread-safe.</summary>
/// <remarks>
/// <para>Derive from it for a provider: write the request, read the answer. What all have in common is here: one deadline for the whole
/// call, no redirects (a key travels along), answers of bounded length, <c>Retry-After</c>, and whether a lost answer leaves doubt.</para>
/// <para>Requests go through the client <see cref="ClientName"/> of <see cref="IHttpClientFactory"/>, from which handlers that applications add to every client are
/// removed: a resilience handler would send mail twice. Its loggers and spans are removed, too: they would tell what a broken server says, which may be
/// anything it was told. The log, the spans and the metrics of the delivery say what happened. Put no logger back: at Trace
/// it gives structured logs the key, even with <c>RedactLoggedHeaders</c>.</para>
/// </remarks>
public abstract class HttpMailTransport : IMailTransport
{
    /// <summary>The name of the HTTP client that all transports over HTTP use; an application may configure its primary handler, such as a proxy.</summary>
    public const string ClientName = "TransactionalMail";

    /// <summary>The metadata under which the mail's id travels, and comes back with every webhook.</summary>
    public const string MailIdKey = "transactionalmail-id";

    private const int LongestAnswer = 1024 * 1024;
    private readonly TimeSpan _timeout;
    private readonly IHttpClientFactory _clients;

    /// <summary>Initialises the transport.</summary>
    /// <param name="options">The settings that all have in common.</param>
    /// <param name="context">The transport's name and the application's services.</param>
    /// <param name="ownAddress">The provider's own address, for options without one.</param>
    protected HttpMailTransport(HttpMailOptions options, MailTransportContext context, Uri ownAddress)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        Name = context.Name;
        BaseAddress = options.BaseAddress ?? ownAddress;
        _timeout = options.Timeout;
        _clients = context.Services.GetRequiredService<IHttpClientFactory>();
        Time = context.Services.GetRequiredService<TimeProvider>();
    }

    /// <inheritdoc/>
    public abstract MailFeatures Features { get; }

    /// <summary>Gets the transport's name.</summary>
    protected string Name { get; }

    /// <summary>Gets the clock.</summary>
    protected TimeProvider Time { get; }

    /// <summary>Gets where the API is.</summary>
    protected Uri BaseAddress { get; }

    /// <summary>Gets values that must not appear in any error, such as the API key.</summary>
    protected abstract IReadOnlyList<string?> Secrets { get; }

    /// <inheritdoc/>
    public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mail);
        using var request = await CreateRequestAsync(mail, cancellationToken).ConfigureAwait(false);
        var content = new WatchedContent(request.Content ?? new ByteArrayContent([]));
        request.Content = content;
        using var deadline = new Deadline(_timeout, Time, cancellationToken);
        HttpMailResponse response;
        try
        {
            response = await ExchangeAsync(request, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or OperationCanceledException)
        {
            if (!content.WasSent) cancellationToken.ThrowIfCancellationRequested();
            throw Lost(lost, content.WasSent);
        }

        return Read(mail, response);
    }

    /// <summary>Writes the request for a mail; refuses here what the provider cannot express.</summary>
    /// <exception cref="MailTransportException">The provider cannot express the mail; nothing was sent.</exception>
    protected abstract ValueTask<HttpRequestMessage> CreateRequestAsync(OutboundMail mail, CancellationToken cancellationToken);

    /// <summary>Reads an answer of any status: what became of each recipient, or the failure it stands for.</summary>
    /// <remarks>The provider's codes are one switch; <see cref="FailureOf"/> serves for the rest. A 2xx whose body cannot be read says that the mail was accepted.</remarks>
    /// <exception cref="MailTransportException">The mail was refused as a whole.</exception>
    protected abstract TransportReceipt Read(OutboundMail mail, HttpMailResponse response);

    /// <summary>Makes the failure that an answer stands for.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="response">The answer.</param>
    /// <param name="failure">The kind of failure.</param>
    /// <param name="problem">What happened and what to do.</param>
    /// <param name="code">The provider's code; the status where it is <see langword="null"/>.</param>
    /// <param name="said">The provider's words, not scrubbed yet.</param>
    protected MailTransportException Failed(OutboundMail mail, HttpMailResponse response, TransportFailure failure, string problem, string? code = null, string? said = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        code ??= ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        var words = Scrub(said, mail);
        return new MailTransportException(failure, Name, $"{problem} (code {code}{(words.Length > 0 ? $": {words}" : "")})") { ProviderCode = code, RetryAfter = response.RetryAfter };
    }

    /// <summary>Makes the refusal of something the provider has no field for; no call was made.</summary>
    protected MailTransportException Unsupported(string problem) => new(TransportFailure.UnsupportedFeature, Name, problem);

    /// <summary>Makes the refusal of a mail that is too large; no call was made.</summary>
    /// <param name="limit">What the provider takes, as the beginning of a sentence.</param>
    protected MailTransportException TooLarge(string limit) => new(TransportFailure.MessageTooLarge, Name, $"{limit}. Make the mail smaller, or link to its attachments.");

    /// <summary>Refuses what no provider's API takes: mailboxes that need SMTPUTF8, metadata under <see cref="MailIdKey"/>, and provider options nobody knows.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="provider">The provider's name in sentences.</param>
    /// <param name="prefix">What its <see cref="EmailMessage.ProviderOptions"/> begin with: <c>postmark:</c>.</param>
    /// <param name="options">The options there are, without the prefix.</param>
    /// <exception cref="MailTransportException">There is something of the kind.</exception>
    protected void RefuseWhatNoApiTakes(OutboundMail mail, string provider, string prefix, params ReadOnlySpan<string> options)
    {
        ArgumentNullException.ThrowIfNull(mail);
        ArgumentNullException.ThrowIfNull(prefix);
        var message = mail.Message;
        if (message.Metadata.Keys.Contains(MailIdKey, StringComparer.OrdinalIgnoreCase)) throw Unsupported($"The metadata \"{MailIdKey}\" is the library's own. Name yours otherwise.");
        if (mail.Envelope.Recipients.Concat(message.ReplyTo).Append(message.From!).Any(static a => a.RequiresSmtpUtf8)) throw Unsupported($"{provider} takes no addresses whose local part is not ASCII.");
        foreach (var key in message.ProviderOptions.Keys.Where(k => k.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal) && options.Contains(key[prefix.Length..])) continue;
            throw Unsupported($"There is no ProviderOptions[\"{key}\"]. {(options.IsEmpty ? "There are none." : $"There are \"{string.Join("\", \"", options.ToArray().Select(o => prefix + o))}\".")}");
        }
    }

    /// <summary>Returns a provider's words about a mail, fit for errors and receipts.</summary>
    protected string Scrub(string? text, OutboundMail mail) => ServerText.Scrub(text, mail, [.. Secrets]);

    /// <summary>Returns what a status means where the provider's own code says nothing else.</summary>
    protected static TransportFailure FailureOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => TransportFailure.Authentication,
        HttpStatusCode.PaymentRequired => TransportFailure.QuotaExceeded,
        HttpStatusCode.RequestTimeout => TransportFailure.Timeout,
        HttpStatusCode.RequestEntityTooLarge => TransportFailure.MessageTooLarge,
        HttpStatusCode.TooManyRequests => TransportFailure.Throttled,
        >= HttpStatusCode.InternalServerError => TransportFailure.Unavailable,

        // The address is wrong, or leads elsewhere: not this mail's fault.
        < HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.Gone => TransportFailure.SenderRejected,
        _ => TransportFailure.MessageRejected,
    };

    /// <summary>Returns what to do about a failure that only the status tells of.</summary>
    protected static string AdviceFor(TransportFailure failure) => failure switch
    {
        TransportFailure.Authentication => "The provider does not accept the key. Check it, and what it is allowed to do.",
        TransportFailure.QuotaExceeded => "The account is exhausted or suspended. See to it at the provider.",
        TransportFailure.Throttled => "Too much at once for the provider. Lower MaxPerSecond of this transport's limits.",
        TransportFailure.MessageTooLarge => "The mail is too large for the provider. Make the attachments smaller, or link to them.",
        TransportFailure.SenderRejected => "There is no such call at this address. Check BaseAddress.",
        TransportFailure.MessageRejected => "The provider refuses the mail.",
        _ => "The provider cannot serve at the moment. It is tried again.",
    };

    private async Task<HttpMailResponse> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var client = _clients.CreateClient(ClientName);
        client.Timeout = Timeout.InfiniteTimeSpan;
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        var body = await ReadBodyAsync(response, cancellationToken).ConfigureAwait(false);
        return new HttpMailResponse(response.StatusCode, body, RetryAfterField.Read(response.Headers, Time.GetUtcNow()))
        {
            Headers = response.Headers.ToDictionary(static h => h.Key, static h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase),
        };
    }

    /// <summary>Reads the body as far as it comes; the status alone has decided.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                var buffer = new byte[8192];
                while (body.Length < LongestAnswer && await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count) body.Write(buffer, 0, count);
            }
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException or InvalidDataException or InvalidOperationException)
        {
            // Cut off, or not encoded as it says: gzip and Brotli have an exception each. What came is what there is.
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private MailTransportException Lost(Exception lost, bool wasSent)
    {
        var (failure, problem) = lost switch
        {
            OperationCanceledException => (TransportFailure.Timeout, $"{BaseAddress.Host} did not answer within Timeout ({_timeout})"),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => (TransportFailure.Tls, $"No secure connection could be made to {BaseAddress.Host}"),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => (TransportFailure.Network, $"{BaseAddress.Host} has no address. Check BaseAddress and the name servers"),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => (TransportFailure.Network, $"{BaseAddress.Host} could not be reached. Check that a firewall lets this host out"),
            _ => (TransportFailure.Network, $"The connection to {BaseAddress.Host} broke"),
        };
        return new MailTransportException(failure, Name, $"{problem}{(wasSent ? " after the mail had gone out; whether it was accepted is unknown." : "; nothing was sent.")}", lost) { MayHaveBeenAccepted = wasSent };
    }
}
