using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TransactionalMail.Testing;

/// <summary>A provider's API inside this process, on loopback: set the transport's <c>BaseAddress</c> to <see cref="BaseAddress"/>. Thread-safe.</summary>
/// <remarks>It also reports what became of the mails it accepted, as the provider does, to whatever receives its webhooks: see <see cref="ReportAsync"/>.</remarks>
public abstract class ProviderSimulator : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly HttpListener _listener;
    private readonly Queue<SimulatedAnswer> _script = new();
    private readonly Task _running;
    private readonly List<SimulatedRequest> _requests = [];
    private SimulatedAnswer? _always;

    private protected ProviderSimulator()
    {
        (_listener, BaseAddress) = Listen();
        _running = RunAsync();
    }

    /// <summary>Gets where the API is: <c>http://127.0.0.1:port/</c>.</summary>
    public Uri BaseAddress { get; }

    /// <summary>Gets the clock that mails and reports are dated by.</summary>
    /// <value>The default is the system's.</value>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Gets the requests that came, whatever was answered, in order.</summary>
    public IReadOnlyList<SimulatedRequest> Requests
    {
        get
        {
            lock (_lock) return [.. _requests];
        }
    }

    /// <summary>Answers the next request so, whatever it is; answers add up.</summary>
    public void AnswerNext(SimulatedAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        lock (_lock) _script.Enqueue(answer);
    }

    /// <summary>Answers every request so from now on; <see langword="null"/> serves again.</summary>
    public void AnswerAlways(SimulatedAnswer? answer)
    {
        lock (_lock) _always = answer;
    }

    /// <summary>Makes the request by which the provider reports, signed now, with the id, the tags and the metadata that the mail was sent with. Change it, keep it or post it.</summary>
    /// <param name="report">What to report.</param>
    /// <exception cref="InvalidOperationException">No such mail was accepted.</exception>
    /// <exception cref="NotSupportedException">The provider has no such report.</exception>
    public SimulatedWebhook CreateWebhook(SimulatedReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return CreateWebhook(report, Clock.GetUtcNow());
    }

    /// <summary>Reports what became of a mail, as the provider does: signed, with the id, the tags and the metadata that the mail was sent with.</summary>
    /// <param name="report">What to report: <c>SimulatedReport.HardBounce("gone@example.com")</c>.</param>
    /// <param name="webhook">Where the application receives it, such as <c>http://localhost:5000/mail/webhooks/postmark</c>; relative to the client's base address, where there is one.</param>
    /// <param name="client">Who posts it, such as the client of a <c>WebApplicationFactory</c>; an ordinary client where it is <see langword="null"/>.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>The status that the application answered with: 200 when the report is stored. A provider would repeat it for most others; the simulator does not.</returns>
    /// <exception cref="InvalidOperationException">No such mail was accepted.</exception>
    /// <exception cref="NotSupportedException">The provider has no such report.</exception>
    /// <exception cref="HttpRequestException">The application did not answer.</exception>
    public Task<HttpStatusCode> ReportAsync(SimulatedReport report, Uri webhook, HttpClient? client = null, CancellationToken cancellationToken = default) =>
        CreateWebhook(report).PostAsync(webhook, client, cancellationToken);

    /// <summary>Stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _running.ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Does what the provider does with a request that the test did not script.</summary>
    private protected abstract SimulatedAnswer Serve(SimulatedRequest request);

    /// <summary>Writes and signs a report at a time.</summary>
    private protected abstract SimulatedWebhook CreateWebhook(SimulatedReport report, DateTimeOffset now);

    private static (HttpListener Listener, Uri Address) Listen()
    {
        // A listener takes no port 0; between finding a free port and taking it, somebody else may be faster.
        for (var attempt = 0; ; attempt++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
            probe.Stop();
            var listener = new HttpListener();
            listener.Prefixes.Add(address.ToString());
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                listener.Close();
            }
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            _ = Task.Run(() => AnswerAsync(context));
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var request = await ReadAsync(context.Request).ConfigureAwait(false);
            lock (_lock) _requests.Add(request);
            var answer = Scripted() ?? Judge(request);
            context.Response.StatusCode = (int)answer.Status;
            context.Response.ContentType = answer.ContentType;
            foreach (var (name, value) in answer.Headers) context.Response.AddHeader(name, value);
            if (answer.RetryAfter is not null) context.Response.AddHeader("Retry-After", answer.RetryAfter);
            var body = Encoding.UTF8.GetBytes(answer.Body);
            context.Response.ContentLength64 = body.Length;
            await context.Response.OutputStream.WriteAsync(body).ConfigureAwait(false);
            context.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The client left, or the simulator stops.
        }
    }

    /// <summary>A request the simulator cannot read is answered, too: a client that waits for ever shows nothing.</summary>
    private SimulatedAnswer Judge(SimulatedRequest request)
    {
        try
        {
            return Serve(request);
        }
        catch (Exception unreadable) when (unreadable is FormatException or InvalidOperationException or ArgumentException)
        {
            return new SimulatedAnswer(HttpStatusCode.BadRequest, $"The simulator cannot read the request: {unreadable.Message}") { ContentType = "text/plain" };
        }
    }

    private static async Task<SimulatedRequest> ReadAsync(HttpListenerRequest request)
    {
        using var body = new MemoryStream();
        await request.InputStream.CopyToAsync(body).ConfigureAwait(false);
        var headers = request.Headers.AllKeys.OfType<string>().ToDictionary(static name => name, name => request.Headers[name] ?? "", StringComparer.OrdinalIgnoreCase);
        return new SimulatedRequest(request.HttpMethod, request.RawUrl ?? "/", headers, body.ToArray());
    }

    private SimulatedAnswer? Scripted()
    {
        lock (_lock) return _script.TryDequeue(out var next) ? next : _always;
    }
}
