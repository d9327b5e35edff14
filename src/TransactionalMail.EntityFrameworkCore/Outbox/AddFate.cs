namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>What becomes of what one caller adds.</summary>
/// <param name="pending">The caller.</param>
/// <param name="standing">The mail that each of its mails stands for.</param>
/// <param name="taken">The mails whose keys were taken just now.</param>
/// <param name="conflict">A key that stands for something else.</param>
internal sealed class AddFate(PendingAdd pending, IReadOnlyList<MailId> standing, IReadOnlyCollection<Guid> taken, IdempotencyConflictException? conflict)
{
    /// <summary>Gets the mail that each of the caller's mails stands for.</summary>
    public IReadOnlyList<MailId> Standing => standing;

    /// <summary>Gets the mails to insert.</summary>
    public IReadOnlyList<NewMail> New { get; } = conflict is null ? [.. pending.Mails.Where((m, i) => m.Entry.Id == standing[i])] : [];

    public IReadOnlyCollection<Guid> Taken => taken;

    /// <summary>Gets why nothing of it is stored.</summary>
    public Exception? Failure { get; private set; } = conflict;

    /// <summary>Notices a mail that was there already.</summary>
    public void Check(HashSet<Guid> inserted)
    {
#pragma warning disable MA0015 // It is the caller's argument.
        if (New.FirstOrDefault(m => !inserted.Contains(m.Entry.Id.Value)) is { } known) Failure = new ArgumentException($"Mail {known.Entry.Id} is in the outbox already{(New.Count > 1 ? ", and none of the batch was added" : "")}.");
#pragma warning restore MA0015
    }

    public void Tell()
    {
        if (Failure is { } failure) pending.Failed(failure);
        else pending.Answer(standing);
    }
}
