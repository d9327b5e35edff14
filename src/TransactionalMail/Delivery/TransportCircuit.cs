namespace TransactionalMail.Delivery;

/// <summary>Remembers whether a transport works. One that keeps failing is left alone for a while; then a single mail tries it. Thread-safe.</summary>
internal sealed class TransportCircuit(MailTransportLimits limits, TimeProvider time)
{
    private static readonly TimeSpan s_longestRequest = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private int _failures;
    private int _probes;
    private long _openedAt;
    private TimeSpan? _openFor;

    /// <summary>Gets for how long the transport is left alone; zero where it may be asked.</summary>
    public TimeSpan Pause
    {
        get
        {
            lock (_lock) return Remaining() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>Gets how many attempts failed in a row.</summary>
    public int Failures
    {
        get
        {
            lock (_lock) return _failures;
        }
    }

    /// <summary>Returns whether the transport may be asked now.</summary>
    /// <param name="wait">How long until it may, where it may not.</param>
    public bool TryEnter(out TimeSpan wait)
    {
        lock (_lock)
        {
            wait = Remaining();
            if (wait > TimeSpan.Zero) return false;
            if (_openFor is null) return true;

            // The caller is the one who finds out; until it has, or is long overdue, the others stay away.
            _probes++;
            Open(CoolDown());
            return true;
        }
    }

    /// <summary>The relay answered. Returns whether it had been left alone until now.</summary>
    public bool Succeeded()
    {
        lock (_lock)
        {
            var reopened = _openFor is not null;
            (_failures, _probes, _openFor) = (0, 0, null);
            return reopened;
        }
    }

    /// <summary>The transport did not do its work. Returns for how long it is left alone, if this failure is why.</summary>
    public TimeSpan? Failed(MailTransportException failure)
    {
        lock (_lock)
        {
            _failures++;
            var requested = failure.RetryAfter ?? TimeSpan.Zero;
            if (requested > s_longestRequest) requested = s_longestRequest;
            if (_failures < limits.FailureThreshold && requested <= TimeSpan.Zero && !IsLasting(failure.Failure) && _openFor is null) return null;

            var pause = CoolDown();
            if (requested > pause || (requested > TimeSpan.Zero && _failures < limits.FailureThreshold)) pause = requested;
            if (pause <= Remaining()) return null;
            Open(pause);
            return pause;
        }
    }

    /// <summary>Returns whether a failure will still be there in a second, whoever tries.</summary>
    private static bool IsLasting(TransportFailure failure) => failure is TransportFailure.Authentication or TransportFailure.QuotaExceeded or TransportFailure.Tls;

    private TimeSpan CoolDown()
    {
        var ticks = limits.CoolDown.Ticks * Math.Pow(2, _probes);
        return ticks < limits.MaxCoolDown.Ticks ? TimeSpan.FromTicks((long)ticks) : limits.MaxCoolDown;
    }

    private TimeSpan Remaining() => _openFor is { } pause ? pause - time.GetElapsedTime(_openedAt) : TimeSpan.Zero;

    private void Open(TimeSpan pause) => (_openedAt, _openFor) = (time.GetTimestamp(), pause);
}
