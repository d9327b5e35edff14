using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MimeKit;
using TransactionalMail.Diagnostics;
using TransactionalMail.Transports;

namespace TransactionalMail.Mime;

/// <summary>Signs mail with the keys configured for its From domain, all of them (RFC 6376, RFC 8463). Thread-safe.</summary>
/// <remarks>
/// Keys are looked at again when the options change, and every few seconds for files that changed. A change with any fault
/// leaves every previous key in use and is logged once.
/// </remarks>
internal sealed class DkimSigning : IDisposable
{
    private static readonly TimeSpan s_checkInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly IOptionsMonitor<TransactionalMailOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger<DkimSigning> _logger;
    private readonly IDisposable? _subscription;
    private volatile DkimKeyRing? _ring;
    private volatile bool _optionsChanged;
    private string? _fingerprint;
    private string? _refused;
    private long _checkedAt;

    public DkimSigning(IOptionsMonitor<TransactionalMailOptions> options, TimeProvider time, ILogger<DkimSigning> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _subscription = options.OnChange(_ => _optionsChanged = true);
    }

    /// <summary>Signs a message whose bytes are final. Mail from a domain without a key stays unsigned, as configured; an error is never passed over that way.</summary>
    /// <exception cref="OptionsValidationException">The keys were never usable.</exception>
    public void Sign(MimeMessage message, string fromDomain, DkimScope scope = DkimScope.Full)
    {
        if (scope is DkimScope.None) return;
        var names = DkimFields.For(message, scope);
        foreach (var signer in Ring().For(fromDomain).Reverse()) // each signature goes on top of the last
            signer.Sign(WireFormat.Options, message, names);
    }

    /// <summary>Returns the names of the keys that sign mail of a domain.</summary>
    /// <exception cref="OptionsValidationException">The keys were never usable.</exception>
    public IReadOnlyList<string> NamesFor(string fromDomain) => [.. Ring().For(fromDomain).Select(static signer => signer.Name)];

    /// <inheritdoc/>
    public void Dispose() => _subscription?.Dispose();

    private DkimKeyRing Ring()
    {
        if (_ring is { } current && !IsDue()) return current;
        lock (_gate)
        {
            if (_ring is null || IsDue()) Refresh();
            return _ring!;
        }
    }

    private bool IsDue() => _optionsChanged || _time.GetElapsedTime(Interlocked.Read(ref _checkedAt)) >= s_checkInterval;

    private void Refresh()
    {
        _optionsChanged = false;
        Interlocked.Exchange(ref _checkedAt, _time.GetTimestamp());
        var sources = Sources();
        if (sources is null) return;

        var fingerprint = DkimKeyRing.Fingerprint(sources);
        if (string.Equals(fingerprint, _fingerprint, StringComparison.Ordinal))
        {
            _refused = null;
            return;
        }

        var faults = new List<string>();
        var ring = DkimKeyRing.Load(sources, _time, faults);
        if (faults.Count > 0)
        {
            if (_ring is null) throw new OptionsValidationException(Options.DefaultName, typeof(TransactionalMailOptions), faults);
            Refuse(string.Join(' ', faults));
            return;
        }

        _ring = ring;
        _fingerprint = fingerprint;
        _refused = null;
        if (ring.Names.Any()) Log.DkimKeysInUse(_logger, string.Join(", ", ring.Names));
        if (ring.WeakNames.Any()) Log.DkimKeysWeak(_logger, string.Join(", ", ring.WeakNames));
    }

    private List<DkimKeySource>? Sources()
    {
        try
        {
            return [.. _options.CurrentValue.Dkim.Select((key, index) => DkimKeySource.Read(index, key))];
        }
        catch (OptionsValidationException e) when (_ring is not null)
        {
            Refuse(string.Join(' ', e.Failures));
            return null;
        }
        catch (InvalidOperationException e) when (_ring is not null)
        {
            // A value that does not bind; the message would repeat it.
            Refuse($"The configuration does not bind ({e.GetType().Name}).");
            return null;
        }
    }

    private void Refuse(string faults)
    {
        if (string.Equals(faults, _refused, StringComparison.Ordinal)) return;
        _refused = faults;
        Log.DkimReloadFailed(_logger, faults);
    }
}
