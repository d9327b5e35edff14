namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>A caller who waits for mail to be stored. It may go until its mail is being written; from then on it learns what came of it.</summary>
internal sealed class PendingAdd(IReadOnlyList<NewMail> mails)
{
    private readonly TaskCompletionSource<IReadOnlyList<MailId>> _fate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isTaken;

    public IReadOnlyList<NewMail> Mails => mails;

    public IReadOnlyCollection<string> Keys { get; } = [.. mails.Select(static m => m.Key).OfType<string>().Distinct(StringComparer.Ordinal)];

    public long Size { get; } = mails.Sum(static m => m.Size);

    /// <summary>Waits for the fate: the mail that each one stands for. A caller who goes before anybody writes leaves nothing behind.</summary>
    public async ValueTask<IReadOnlyList<MailId>> WaitAsync(CancellationToken cancellationToken)
    {
        var registration = cancellationToken.UnsafeRegister(static (state, token) =>
        {
            var pending = (PendingAdd)state!;
            if (pending.TryTake()) pending._fate.TrySetCanceled(token);
        }, this);
        await using (registration.ConfigureAwait(false)) return await _fate.Task.ConfigureAwait(false);
    }

    /// <summary>Takes it, to write it or to let it go. Only one can.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    public void Answer(IReadOnlyList<MailId> standing) => _fate.TrySetResult(standing);

    public void Failed(Exception exception) => _fate.TrySetException(exception);
}
