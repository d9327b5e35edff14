using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using TransactionalMail.Diagnostics;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Transports;

/// <summary>A transport under the name that streams, receipts and errors use. One that comes from configuration is made anew when that changes.</summary>
internal sealed class NamedTransport(string name, MadeTransport made) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private volatile MadeTransport _made = made;
    private byte[] _fingerprint = [];
    private IDisposable? _subscription;

    public string Name => name;

    public IMailTransport Transport => _made.Transport;

    public IMailWebhook? Webhook => _made.Webhook;

    /// <summary>Makes the transport anew whenever a section changes, so that secrets can be rotated. A change with any fault leaves the one in use, and is logged.</summary>
    /// <param name="section">The section or DSN.</param>
    /// <param name="create">Makes the transport, or returns <see langword="null"/> and says why not.</param>
    /// <param name="logger">Where to say so.</param>
    public void Follow(IConfigurationSection section, Func<ICollection<string>, MadeTransport?> create, ILogger logger)
    {
        _fingerprint = FingerprintOf(section);
        _subscription = ChangeToken.OnChange(section.GetReloadToken, () => Reload(section, create, logger));
    }

    public async ValueTask DisposeAsync()
    {
        _subscription?.Dispose();
        await DisposeAsync(_made).ConfigureAwait(false);
    }

    private void Reload(IConfigurationSection section, Func<ICollection<string>, MadeTransport?> create, ILogger logger)
    {
        lock (_lock)
        {
            var fingerprint = FingerprintOf(section);
            if (fingerprint.AsSpan().SequenceEqual(_fingerprint)) return; // something else of the application's configuration changed
            _fingerprint = fingerprint;
            var faults = new List<string>();
            if (create(faults) is not { } made)
            {
                Log.TransportReloadFailed(logger, name, string.Join(' ', faults));
                return;
            }

            var old = _made;
            _made = made;
            Log.TransportReloaded(logger, name);
            _ = Task.Run(() => DisposeAsync(old).AsTask()); // it finishes what it has in hand
        }
    }

    private static async ValueTask DisposeAsync(MadeTransport made)
    {
        if (made.Transport is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync().ConfigureAwait(false);
        else (made.Transport as IDisposable)?.Dispose();
        (made.Webhook as IDisposable)?.Dispose();
    }

    private static byte[] FingerprintOf(IConfigurationSection section) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', section.AsEnumerable().OrderBy(static s => s.Key, StringComparer.OrdinalIgnoreCase).Select(static s => $"{s.Key}={s.Value}"))));
}
