namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>A transaction that is rolled back unless it was committed.</summary>
internal interface IOutboxTransaction : IAsyncDisposable
{
    /// <summary>Makes it last. There is no way back, so it is not cancelled.</summary>
    ValueTask CommitAsync();
}
