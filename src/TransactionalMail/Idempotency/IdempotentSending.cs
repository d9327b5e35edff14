using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TransactionalMail.Diagnostics;

namespace TransactionalMail.Idempotency;

/// <summary>Sends a mail once, however many callers come with its key. Thread-safe.</summary>
internal sealed class IdempotentSending(IIdempotencyLedger ledger, IOptions<TransactionalMailOptions> options, TimeProvider time, ILogger<IdempotentSending> logger)
{
    /// <summary>How long a sender that says nothing more keeps a key from others.</summary>
    private static readonly TimeSpan s_hold = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_shortestWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(1);

    /// <summary>For how long the ledger is told again that a mail is out.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <param name="key">The key.</param>
    /// <param name="contentHash">The hash of what the application wrote.</param>
    /// <param name="id">The identity of the mail, unless an earlier call gave it one.</param>
    /// <param name="send">Sends the mail under the identity it is given.</param>
    /// <param name="cancellationToken">Ends waiting and sending.</param>
    /// <exception cref="IdempotencyConflictException">The key stands for other content, or for a mail that was enqueued.</exception>
    public async Task<MailReceipt> SendAsync(string key, string contentHash, MailId id, Func<MailId, Task<MailReceipt>> send, CancellationToken cancellationToken)
    {
        var claim = await ClaimAsync(new() { Key = key, ContentHash = contentHash, MailId = id, Owner = Guid.NewGuid(), ExpiresAt = time.GetUtcNow() + options.Value.IdempotencyWindow }, cancellationToken).ConfigureAwait(false);
        if (claim.Receipt is { } earlier) return earlier;
        if (claim.State is IdempotencyState.Enqueued) throw new IdempotencyConflictException(claim.MailId, $"The idempotency key stands for mail {claim.MailId}, which was enqueued, so that there is no receipt. Call EnqueueAsync again, which returns its id, or send under another key.");

        using var ended = new CancellationTokenSource();
        var keeping = KeepAsync(claim, ended.Token);
        try
        {
            var receipt = await send(claim.MailId).ConfigureAwait(false);
            await SettleAsync(claim, receipt).ConfigureAwait(false);
            return receipt;
        }
        catch (MailDeliveryException failure) when (failure.MayHaveBeenAccepted)
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await TellAsync(claim, async () => await ledger.ClaimAsync(claim, TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false), CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        catch
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await TellAsync(claim, () => ledger.ReleaseAsync(claim, CancellationToken.None), CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await keeping.ConfigureAwait(false);
        }
    }

    /// <summary>Takes the key, or waits until whoever has it is done.</summary>
    private async Task<IdempotencyClaim> ClaimAsync(IdempotencyClaim wanted, CancellationToken cancellationToken)
    {
        for (var wait = s_shortestWait; ; wait = Longer(wait))
        {
            var standing = await ledger.ClaimAsync(wanted, s_hold, cancellationToken).ConfigureAwait(false);
            if (!string.Equals(standing.ContentHash, wanted.ContentHash, StringComparison.Ordinal)) throw new IdempotencyConflictException(standing.MailId);
            if (standing.State is not IdempotencyState.Busy) return standing;
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task KeepAsync(IdempotencyClaim claim, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_hold / 3, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                await TellAsync(claim, async () => await ledger.ClaimAsync(claim, s_hold, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The mail is sent, or is not.
        }
    }

    /// <summary>Tells the ledger that a mail is out. A moment of trouble must not make the next call send it again.</summary>
    private async Task SettleAsync(IdempotencyClaim claim, MailReceipt receipt)
    {
        var start = time.GetTimestamp();
        for (var wait = s_shortestWait; !await TellAsync(claim, () => ledger.SettleAsync(claim, receipt, CancellationToken.None), CancellationToken.None).ConfigureAwait(false) && time.GetElapsedTime(start) < s_patience; wait = Longer(wait))
        {
            await Task.Delay(wait, time).ConfigureAwait(false);
        }
    }

    /// <summary>Tells the ledger something. A failure must not make a sent mail look failed, nor hide why one failed. Returns whether the ledger has heard it.</summary>
    private async Task<bool> TellAsync(IdempotencyClaim claim, Func<ValueTask> tell, CancellationToken cancellationToken)
    {
        try
        {
            await tell().ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.LedgerFailure(logger, claim.MailId, failure);
            return false;
        }
    }

    private static TimeSpan Longer(TimeSpan wait) => wait * 2 < s_longestWait ? wait * 2 : s_longestWait;
}
