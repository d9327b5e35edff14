using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TransactionalMail.Diagnostics;

namespace TransactionalMail.Outbox;

/// <summary>Stores what became of a lane's mails, all that wait for it in one call, and insists: a mail that went out and is not marked as done would go out again.</summary>
internal sealed class OutboxMarker(IMailOutbox outbox, string stream, TimeSpan pause, TimeProvider time, ILogger logger)
{
    private const int LargestBatch = 500;

    private readonly Channel<Mark> _marks = Channel.CreateUnbounded<Mark>(new() { SingleReader = true });

    /// <summary>Stores a fate; returns when it is stored, or when nobody tries any more.</summary>
    /// <param name="lease">The lease, with the entry as it is from now on.</param>
    /// <param name="fate">What becomes of it.</param>
    /// <returns>Whether the lease was still held.</returns>
    public Task<bool> StoreAsync(OutboxLease lease, OutboxFate fate)
    {
        var mark = new Mark(lease, fate, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _marks.Writer.TryWrite(mark);
        return mark.Stored.Task;
    }

    /// <summary>Tells that nothing more will be stored.</summary>
    public void Complete() => _marks.Writer.Complete();

    /// <summary>Works until <see cref="Complete"/> was called and everything is stored.</summary>
    /// <param name="abandon">Ends the insisting; leases that are not marked end by themselves.</param>
    /// <param name="end">Ends the storing: what is under way is cancelled, and nothing more is begun.</param>
    public async Task RunAsync(CancellationToken abandon, CancellationToken end)
    {
        List<Mark> left = [];
        while (await WaitAsync(left.Count > 0, abandon).ConfigureAwait(false))
        {
            while (left.Count < LargestBatch && _marks.Reader.TryRead(out var mark)) left.Add(mark);
            left = await StoreAsync(left, abandon, end).ConfigureAwait(false);
            if (!abandon.IsCancellationRequested) continue;
            foreach (var mark in left) mark.Stored.SetResult(true);
            left.Clear();
        }
    }

    /// <summary>Waits for something to store, but no longer than the pause where something is left. Returns whether there is.</summary>
    private async ValueTask<bool> WaitAsync(bool isLeft, CancellationToken abandon)
    {
        if (!isLeft) return await _marks.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false);
        using var patience = new CancellationTokenSource(pause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, abandon);
        await ((Task)_marks.Reader.WaitToReadAsync(either.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return true;
    }

    /// <summary>Stores each fate at once, or one by one where that fails, for one of them may be what cannot be stored. Returns what is left.</summary>
    private async Task<List<Mark>> StoreAsync(List<Mark> marks, CancellationToken abandon, CancellationToken end)
    {
        List<Mark> left = [];
        foreach (var group in marks.GroupBy(static m => m.Fate).Select(static g => g.ToArray()))
        {
            if (await TryStoreAsync(group, end).ConfigureAwait(false)) continue;
            foreach (var mark in group)
            {
                if (group.Length == 1 || abandon.IsCancellationRequested || !await TryStoreAsync([mark], end).ConfigureAwait(false)) left.Add(mark);
            }
        }

        return left;
    }

    private async Task<bool> TryStoreAsync(IReadOnlyList<Mark> marks, CancellationToken end)
    {
        if (end.IsCancellationRequested) return false;
        try
        {
            IReadOnlyList<OutboxLease> leases = [.. marks.Select(static m => m.Lease)];
            var lost = marks[0].Fate switch
            {
                OutboxFate.Done => await outbox.CompleteAsync(leases, end).ConfigureAwait(false),
                OutboxFate.Again => await outbox.RescheduleAsync(leases, end).ConfigureAwait(false),
                _ => await outbox.DeadLetterAsync(leases, end).ConfigureAwait(false),
            };
            var lostIds = lost.Select(static l => l.Entry.Id).ToHashSet();
            foreach (var mark in marks) mark.Stored.SetResult(!lostIds.Contains(mark.Lease.Entry.Id));
            return true;
        }
        catch (Exception e)
        {
            Log.OutboxFailure(logger, stream, e);
            return false;
        }
    }

    private sealed record Mark(OutboxLease Lease, OutboxFate Fate, TaskCompletionSource<bool> Stored);
}
