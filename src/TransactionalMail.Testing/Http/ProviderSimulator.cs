using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TransactionalMail.Testing;

/// <summary>A provider's API inside this process, on loopback: set the transport's <c>BaseAddress</c> to <see cref="BaseAddress"/>. Thread-safe.</summary>
public abstract class ProviderSimulator : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly HttpListener _listener;
    private readonly Queue<SimulatedAnswer> _script = new();
    private readonly Task _running;
    private SimulatedAnswer? _always;
    private int _requests;

    private protected ProviderSimulator()
    {
        (_listener, BaseAddress) = Listen();
        _running = RunAsync();
    }

    /// <summary>Gets where the API is: <c>http://127.0.0.1:port/</c>.</summary>
    public Uri BaseAddress { get; }

    /// <summary>Gets how many requests came.</summary>
    public int RequestCount => Volatile.Read(ref _requests);

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

    /// <summary>Stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _running.ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Does what the provider does with a request that the test did not script.</summary>
    private protected abstract SimulatedAnswer Serve(HttpListenerRequest request, string body);

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
        Interlocked.Increment(ref _requests);
        try
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var body = await reader.ReadToEndAsync().ConfigureAwait(false);
            var answer = Scripted() ?? Serve(context.Request, body);
            context.Response.StatusCode = (int)answer.Status;
            context.Response.ContentType = "application/json";
            if (answer.RetryAfter is not null) context.Response.AddHeader("Retry-After", answer.RetryAfter);
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer.Json)).ConfigureAwait(false);
            context.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The client left, or the simulator stops.
        }
    }

    private SimulatedAnswer? Scripted()
    {
        lock (_lock) return _script.TryDequeue(out var next) ? next : _always;
    }
}
