using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>Carries due mail from the application's outbox to the queues, and removes there what the broker has confirmed.</summary>
/// <remarks>
/// Mail for later stays where it can be cancelled. A process that ends between the confirmation and the removal leaves mail in both places, one batch of a stream at most: it goes
/// to the queue a second time. The worker that sent the first copy drops the second one; another worker cannot know, and sends it with the same Message-ID.
/// </remarks>
internal sealed class OutboxRelay(
    IMailOutbox kept,
    RabbitMqOutbox queue,
    [FromKeyedServices(MailOutboxKeys.Delivery)] IOutboxSignal lanes,
    IOptions<TransactionalMailOptions> mail,
    IOptions<RabbitMqMailOptions> options,
    TimeProvider time,
    ILogger<OutboxRelay> logger) : IHostedService, IOutboxSignal, IDisposable
{
    private const int BatchSize = 256;

    /// <summary>How long marks may still be stored beyond the limit; what hangs then is left to its leases, and carried again.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Channel<bool>> _news = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandon = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Gets how long mail in hand is ours: long enough to publish it, twice if need be, and to remove it.</summary>
    private TimeSpan Lease => TimeSpan.FromTicks(Math.Max(mail.Value.Outbox.LeaseDuration.Ticks, options.Value.Timeout.Ticks * 6));

    public void Wake(string? streamName = null)
    {
        foreach (var (name, news) in _news)
        {
            if (streamName is null || string.Equals(name, streamName, StringComparison.OrdinalIgnoreCase)) news.Writer.TryWrite(true);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Relay) return Task.CompletedTask;
        foreach (var stream in mail.Value.Streams.Keys.Append("default")) _news[stream] = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        _running = Task.WhenAll(_news.Keys.Select(stream => Task.Run(() => RunAsync(stream), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <summary>Finishes what is in hand; an outbox that would be lost with the process is emptied of what is due.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        using var limit = new CancellationTokenSource(mail.Value.Outbox.StopTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await _running.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _abandon.CancelAsync().ConfigureAwait(false);
        await _running.WaitAsync(s_grace, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _abandon.Dispose();
    }

    private async Task RunAsync(string stream)
    {
        while (!_stopping.IsCancellationRequested)
        {
            if (!await TryCarryAsync(stream).ConfigureAwait(false)) await WaitAsync(stream).ConfigureAwait(false);
        }

        while (!kept.IsDurable && !_abandon.IsCancellationRequested && await TryCarryAsync(stream).ConfigureAwait(false))
        {
            // One batch after another.
        }
    }

    private async Task WaitAsync(string stream)
    {
        using var look = new CancellationTokenSource(mail.Value.Outbox.PollInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(look.Token, _stopping.Token);
        await ((Task)_news[stream].Reader.ReadAsync(either.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Carries one batch. Returns whether there was some mail, and all of it could be carried.</summary>
    private async Task<bool> TryCarryAsync(string stream)
    {
        try
        {
            var leases = await kept.LeaseAsync(stream, BatchSize, Lease, _abandon.Token).ConfigureAwait(false);
            if (leases.Count == 0) return false;

            var carried = await Task.WhenAll(leases.Select(lease => CarryAsync(lease, stream, queue.PublishAsync))).ConfigureAwait(false);
            await CarryAloneAsync(carried, stream).ConfigureAwait(false);
            var gone = carried.Where(static c => c.Fate is Fate.Carried).Select(static c => c.Lease).ToArray();
            if (gone.Length > 0) lanes.Wake(stream);
            await StoreAsync(gone, stream, kept.CompleteAsync).ConfigureAwait(false);
            await StoreAsync([.. carried.Where(static c => c.Fate is Fate.Refused).Select(static c => c.Lease)], stream, kept.DeadLetterAsync).ConfigureAwait(false);
            await StoreAsync([.. carried.Where(static c => c.Fate is Fate.Later).Select(static c => c.Lease)], stream, kept.RescheduleAsync).ConfigureAwait(false);
            return carried.All(static c => c.Fate is not Fate.Later);
        }
        catch (Exception e)
        {
            if (!_abandon.IsCancellationRequested) Report(stream, e);
            return false;
        }
    }

    /// <summary>Carries one by one what failed together: a mail that the broker refuses ends the channel, and takes the others along. None where the first shows that the broker is away.</summary>
    private async Task CarryAloneAsync((OutboxLease Lease, Fate Fate)[] carried, string stream)
    {
        for (var i = 0; i < carried.Length; i++)
        {
            if (carried[i].Fate is not Fate.Later) continue;
            carried[i] = await CarryAsync(carried[i].Lease, stream, queue.PublishAloneAsync).ConfigureAwait(false);
            if (carried[i].Fate is Fate.Later) return;
        }
    }

    private async Task<(OutboxLease Lease, Fate Fate)> CarryAsync(OutboxLease lease, string stream, Func<OutboxEntry, CancellationToken, Task> publish)
    {
        try
        {
            await publish(lease.Entry, _abandon.Token).ConfigureAwait(false);
            return (lease, Fate.Carried);
        }
        catch (EmailValidationException e)
        {
            Log.NotCarried(logger, lease.Entry.Id, stream, e.Message);
            return (lease with { Entry = lease.Entry with { LastFailure = e.Message } }, Fate.Refused);
        }
        catch (Exception e)
        {
            if (!_abandon.IsCancellationRequested) Report(stream, e);
            return (lease, Fate.Later);
        }
    }

    /// <summary>Stores what became of mail, and insists: what is in the queue and not removed goes there again.</summary>
    private async Task StoreAsync(OutboxLease[] leases, string stream, Func<IReadOnlyList<OutboxLease>, CancellationToken, ValueTask<IReadOnlyList<OutboxLease>>> store)
    {
        if (leases.Length == 0) return;
        while (true)
        {
            try
            {
                await store(leases, CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (!_abandon.IsCancellationRequested)
            {
                Report(stream, e);
                await Task.Delay(mail.Value.Outbox.PollInterval, time, _abandon.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Report(string stream, Exception error)
    {
        Log.RelayFailed(logger, stream, error.GetType().Name);
        Log.RelayFailureDetail(logger, error);
    }

    private enum Fate
    {
        Carried,
        Refused,
        Later,
    }
}
