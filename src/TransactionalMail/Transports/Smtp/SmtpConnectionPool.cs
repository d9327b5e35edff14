namespace TransactionalMail.Transports.Smtp;

/// <summary>The connections to one relay: at most so many, each leased to one mail at a time, kept while they are young and quiet.</summary>
/// <remarks>Thread-safe. Whoever finds all connections leased waits, first come, first served.</remarks>
internal sealed class SmtpConnectionPool : IAsyncDisposable
{
    /// <summary>How long disposal waits for mail under way before it breaks the connections.</summary>
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a goodbye may take.</summary>
    private static readonly TimeSpan s_quitTimeout = TimeSpan.FromSeconds(2);

    private readonly SmtpOptions _options;
    private readonly SmtpConnector _connector;
    private readonly SmtpFailures _failures;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _slots; // one for each connection being opened, leased or being closed; serves its asynchronous waiters in order
    private readonly Lock _gate = new();
    private readonly List<IdleSession> _idle = []; // oldest first
    private readonly HashSet<SmtpLease> _leased = [];
    private readonly ITimer _expiry;
    private bool _isDisposed;

    public SmtpConnectionPool(SmtpOptions options, SmtpFailures failures, TimeProvider time)
    {
        _options = options;
        _failures = failures;
        _time = time;
        _connector = new SmtpConnector(options, failures, time);
        _slots = new SemaphoreSlim(options.MaxConnections, options.MaxConnections);
        _expiry = time.CreateTimer(static pool => ((SmtpConnectionPool)pool!).CloseExpired(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits for a connection: the one used last, or a new one.</summary>
    public async Task<SmtpLease> LeaseAsync(CancellationToken cancellationToken)
    {
        var refusedLogins = _connector.RefusedLogins;
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var idle = TakeIdle();
            var lease = new SmtpLease(this, idle ?? await _connector.OpenAsync(refusedLogins, cancellationToken).ConfigureAwait(false), wasIdle: idle is not null);
            lock (_gate) _leased.Add(lease);
            return lease;
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    /// <summary>Opens a connection for a lease whose own is no good.</summary>
    public Task<SmtpSession> OpenAsync(CancellationToken cancellationToken) => _connector.OpenAsync(_connector.RefusedLogins, cancellationToken);

    /// <summary>Closes a connection, with a goodbye where anybody is there to hear it.</summary>
    public async Task QuitAsync(SmtpSession session)
    {
        using var patience = new CancellationTokenSource(s_quitTimeout, _time);
        if (session.IsConnected) await session.QuitAsync(patience.Token).ConfigureAwait(false);
        session.Dispose();
    }

    /// <summary>Takes a lease back, and keeps its connection if that can serve again.</summary>
    public void Return(SmtpLease lease)
    {
        var session = lease.Session;
        lock (_gate)
        {
            _leased.Remove(lease);
            if (session.IsReady && !_isDisposed)
            {
                if (_idle.Count == 0) ScheduleExpiry(_options.IdleLifetime);
                _idle.Add(new IdleSession(session, _time.GetTimestamp()));
                _slots.Release();
                return;
            }
        }

        _ = CloseAsync(session);
    }

    /// <summary>Says goodbye on idle connections, and lets mail under way finish within <see cref="DrainTimeout"/>; whoever still waits for a connection gets none.</summary>
    public async ValueTask DisposeAsync()
    {
        List<IdleSession> idle;
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            idle = [.. _idle];
            _idle.Clear();
        }

        await _expiry.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(idle.Select(i => QuitAsync(i.Session))).ConfigureAwait(false);
        await DrainAsync().ConfigureAwait(false);
    }

    private SmtpSession? TakeIdle()
    {
        while (true)
        {
            IdleSession newest;
            lock (_gate)
            {
                if (_isDisposed) throw _failures.OfClosing();
                if (_idle.Count == 0) return null;
                newest = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
            }

            if (!IsExpired(newest) && newest.Session.IsQuiet()) return newest.Session;
            newest.Session.Dispose();
        }
    }

    private bool IsExpired(IdleSession idle) => _time.GetElapsedTime(idle.Since) >= _options.IdleLifetime;

    private void CloseExpired()
    {
        var expired = new List<SmtpSession>();
        lock (_gate)
        {
            while (_idle.Count > 0 && IsExpired(_idle[0]) && _slots.Wait(0))
            {
                expired.Add(_idle[0].Session);
                _idle.RemoveAt(0);
            }

            if (_idle.Count > 0) ScheduleExpiry(_options.IdleLifetime - _time.GetElapsedTime(_idle[0].Since));
        }

        foreach (var session in expired) _ = CloseAsync(session);
    }

    private void ScheduleExpiry(TimeSpan due) => _expiry.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);

    /// <summary>Closes a connection and then gives its slot back, so that the relay never sees more connections than allowed.</summary>
    private async Task CloseAsync(SmtpSession session)
    {
        try
        {
            await QuitAsync(session).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task DrainAsync()
    {
        using var patience = new CancellationTokenSource(DrainTimeout, _time);
        var drained = 0;
        try
        {
            for (; drained < _options.MaxConnections; drained++) await _slots.WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                foreach (var lease in _leased) lease.Session.Abort();
            }
        }
        finally
        {
            if (drained > 0) _slots.Release(drained); // for those who came late, to be told that they get no connection
        }
    }

    private readonly record struct IdleSession(SmtpSession Session, long Since);
}
