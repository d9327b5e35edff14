using TransactionalMail.Crash.Points;
using TransactionalMail.Transports;

namespace TransactionalMail.Crash.Victim;

/// <summary>A provider that remembers durably what it was handed before it answers, and has the troubles of a scenario.</summary>
/// <param name="journal">Where it remembers.</param>
/// <param name="trap">The trap.</param>
/// <param name="scenario">Its troubles; it has none with mail of earlier batches.</param>
/// <param name="batch">The batch of this process.</param>
/// <param name="stopping">Ends as the application begins to stop.</param>
internal sealed class Provider(Journal journal, Trap trap, Scenario scenario, int batch, CancellationToken stopping) : IMailTransport
{
    /// <summary>How many mails go through before the application stops: by then the lane leases ahead.</summary>
    private const int BeforeStop = 15;

    private readonly TaskCompletionSource _isBusy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _mails;

    public MailFeatures Features => MailFeatures.Attachments;

    /// <summary>Gets what ends when a mail is in hand and more are leased ahead.</summary>
    public Task IsBusy => _isBusy.Task;

    public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        var letter = Letter.Of(mail.Message);
        var trouble = letter.Batch == batch ? scenario : Scenario.Flow;
        trap.Reach("send:before");
        await mail.WriteToAsync(Stream.Null, cancellationToken);
        trap.Reach("send:inside");
        if (trouble is Scenario.Down) throw new MailTransportException(TransportFailure.Network, "provider", "It is down.");
        if (trouble is Scenario.Refusal) throw new MailTransportException(TransportFailure.MessageRejected, "provider", "It refuses.");
        if (trouble is Scenario.SlowBefore) await Task.Delay(Timeout.Infinite, cancellationToken);
        if (trouble is Scenario.Stop && Interlocked.Increment(ref _mails) == BeforeStop) await UntilStoppingAsync();

        journal.HandedOver(letter, mail.Id, mail.MessageId);
        trap.Reach(stopping.IsCancellationRequested ? "send:stopping" : "send:handed-over");
        if (trouble is Scenario.SlowAfter) await Task.Delay(Timeout.Infinite, cancellationToken);
        return TransportReceipt.Accepted(mail, "provider");
    }

    private async Task UntilStoppingAsync()
    {
        _isBusy.SetResult();
        await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
