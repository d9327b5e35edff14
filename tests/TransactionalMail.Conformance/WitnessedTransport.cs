using System.Collections.Concurrent;
using TransactionalMail.Transports;

namespace TransactionalMail.Conformance;

/// <summary>Stands between the mailer and a transport, and remembers what was asked and how it ended.</summary>
internal sealed class WitnessedTransport(IMailTransport transport) : IMailTransport, IAsyncDisposable
{
    private readonly ConcurrentQueue<TransportReceipt> _receipts = [];
    private readonly ConcurrentQueue<Exception> _failures = [];
    private int _attempts;

    public IMailTransport Transport => transport;

    public MailFeatures Features => transport.Features;

    /// <summary>Gets or sets what happens when the transport is about to be asked.</summary>
    public Action BeforeAttempt { get; set; } = static () => { };

    public int Attempts => _attempts;

    public IReadOnlyCollection<TransportReceipt> Receipts => _receipts;

    public IReadOnlyCollection<Exception> Failures => _failures;

    public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        BeforeAttempt();
        try
        {
            var receipt = await transport.SendAsync(mail, cancellationToken);
            _receipts.Enqueue(receipt);
            return receipt;
        }
        catch (Exception failure)
        {
            _failures.Enqueue(failure);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (transport is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync();
        if (transport is IDisposable synchronous) synchronous.Dispose();
    }
}
