using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MimeKit;
using TransactionalMail.Diagnostics;
using TransactionalMail.Messages;

namespace TransactionalMail.Mime;

/// <summary>Signs mail with every key of its From domain (RFC 6376, RFC 8463), and notices when a key changes. Thread-safe.</summary>
internal sealed class DkimSigning
{
    /// <summary>How often files are looked at; a rotation is published in DNS long before it is used.</summary>
    private static readonly TimeSpan s_checkInterval = TimeSpan.FromSeconds(5);

    /// <summary>Each is signed once more often than it occurs, so that none can be added later (RFC 6376 §8.15).</summary>
    private static readonly string[] s_signed =
    [
        "From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post", "X-TransactionalMail-Id",
    ];

    private readonly IOptionsMonitor<TransactionalMailOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger<DkimSigning> _logger;
    private readonly Lock _lock = new();
    private IReadOnlyList<LoadedKey> _keys = [];
    private long _checkedAt;
    private bool _isLoaded;

    public DkimSigning(IOptionsMonitor<TransactionalMailOptions> options, TimeProvider time, ILogger<DkimSigning> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Signs a message that nothing will change any more; mail of a domain without keys stays unsigned.</summary>
    public void Sign(MimeMessage message, string fromDomain)
    {
        var keys = KeysFor(fromDomain);
        if (keys.Count == 0) return;

        // Read before the first signature: one never covers the other, so that a verifier may know only one algorithm.
        var headers = s_signed.SelectMany(name => Enumerable.Repeat(name, 1 + message.Headers.Count(h => string.Equals(h.Field, name, StringComparison.OrdinalIgnoreCase)))).ToArray();
        foreach (var key in keys) key.Key.Signer.Sign(WireFormat.Options, message, headers);
    }

    /// <summary>The keys of the domain itself, else of the nearest domain above it, which DMARC accepts as aligned.</summary>
    private List<LoadedKey> KeysFor(string fromDomain)
    {
        var keys = Current();
        for (var domain = fromDomain; ;)
        {
            var found = keys.Where(k => string.Equals(k.Domain, domain, StringComparison.Ordinal)).ToList();
            var dot = domain.IndexOf('.', StringComparison.Ordinal);
            if (found.Count > 0 || dot < 0) return found;
            domain = domain[(dot + 1)..];
        }
    }

    private IReadOnlyList<LoadedKey> Current()
    {
        lock (_lock)
        {
            if (_isLoaded && _time.GetElapsedTime(_checkedAt) < s_checkInterval) return _keys;
            _checkedAt = _time.GetTimestamp();
            _keys = Configured() is { } configured ? [.. configured.Select(Load).OfType<LoadedKey>()] : _keys;
            _isLoaded = true;
            return _keys;
        }
    }

    /// <summary>Returns the keys as configured now, or nothing where a reload made the configuration invalid: the old ones then stay.</summary>
    private IList<DkimOptions>? Configured()
    {
        try
        {
            return _options.CurrentValue.Dkim;
        }
        catch (OptionsValidationException invalid) when (_isLoaded)
        {
            Log.DkimReloadFailed(_logger, string.Join(' ', invalid.Failures));
            return null;
        }
    }

    private LoadedKey? Load(DkimOptions options)
    {
        var version = DkimKeySource.Version(options);
        var old = _keys.FirstOrDefault(k => string.Equals(k.Record, options.ToString(), StringComparison.Ordinal));
        if (old is not null && old.Version == version) return old;

        try
        {
            if (!DomainName.TryToAscii(options.Domain, out var domain, out var problem)) throw new FormatException(problem);
            var key = DkimKey.Import(DkimKeySource.Read(options), domain, options.Selector, _time);
            if (old is not null) Log.DkimKeyReplaced(_logger, options.ToString());
            return new LoadedKey(options.ToString(), domain, key, version);
        }
        catch (FormatException unusable) when (old is not null)
        {
            Log.DkimReloadFailed(_logger, $"The private key of {options} {unusable.Message}");
            return old with { Version = version };
        }
    }

    private sealed record LoadedKey(string Record, string Domain, DkimKey Key, (string? Pem, string? Path, DateTime Written, long Length) Version);
}
