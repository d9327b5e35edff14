using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using TransactionalMail.Diagnostics;
using TransactionalMail.Transports;

namespace TransactionalMail.Delivery;

/// <summary>A transport with what protects it: a circuit, a rate and a number of mails at once. One for all streams; thread-safe.</summary>
internal sealed class GuardedTransport : IDisposable
{
    private readonly NamedTransport _transport;
    private readonly TransportCircuit _circuit;
    private readonly ILogger _logger;
    private readonly RateLimiter? _concurrency;
    private readonly RateLimiter? _rate;

    public GuardedTransport(NamedTransport transport, MailTransportLimits limits, TimeProvider time, ILogger logger)
    {
        _transport = transport;
        _circuit = new TransportCircuit(limits, time);
        _logger = logger;
        if (limits.MaxConcurrency is { } most)
        {
            _concurrency = new ConcurrencyLimiter(new() { PermitLimit = most, QueueLimit = int.MaxValue });
        }

        if (limits.MaxPerSecond is { } perSecond)
        {
            _rate = new SlidingWindowRateLimiter(new() { PermitLimit = perSecond, Window = TimeSpan.FromSeconds(1), SegmentsPerWindow = 10, QueueLimit = int.MaxValue });
        }
    }

    public string Name => _transport.Name;

    /// <summary>Gets for how long the transport is left alone; zero where it may be asked.</summary>
    public TimeSpan Pause => _circuit.Pause;

    public MailTransportStatus Status => new(Name, _circuit.Failures, Pause);

    /// <summary>Returns what a message asks for and this transport cannot carry.</summary>
    public MailFeatures MissingFor(EmailMessage message) => RequiredFeatures.Of(message) & ~_transport.Transport.Features;

    /// <summary>Returns why the transport cannot be asked at the moment, or <see langword="null"/>: then the caller is expected to ask.</summary>
    public MailTransportException? FindObstacle()
    {
        if (_circuit.TryEnter(out var wait)) return null;
        return new MailTransportException(
            TransportFailure.Unavailable,
            Name,
            string.Create(CultureInfo.InvariantCulture, $"It kept failing, or asked for a pause, and is left alone for {Math.Ceiling(wait.TotalSeconds)} more seconds."))
        {
            RetryAfter = wait,
        };
    }

    /// <summary>Waits for its turn and makes one attempt.</summary>
    public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        using var turn = _concurrency is null ? null : await _concurrency.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
        using var permit = _rate is null ? null : await _rate.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
        try
        {
            var receipt = await _transport.Transport.SendAsync(mail, cancellationToken).ConfigureAwait(false);
            Answered();
            return receipt;
        }
        catch (MailTransportException failure)
        {
            if (failure.IsOfTheMessage) Answered();
            else if (_circuit.Failed(failure) is { } pause) Log.Safely(() => Log.TransportPaused(_logger, Name, pause, failure.Failure));
            throw;
        }
    }

    public void Dispose()
    {
        _concurrency?.Dispose();
        _rate?.Dispose();
    }

    private void Answered()
    {
        if (_circuit.Succeeded()) Log.Safely(() => Log.TransportResumed(_logger, Name));
    }
}
