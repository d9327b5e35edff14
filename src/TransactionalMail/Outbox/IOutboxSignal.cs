namespace TransactionalMail.Outbox;

/// <summary>Tells the lanes of this process that the outbox has mail, so that it need not wait for their next look. A thread-safe singleton.</summary>
public interface IOutboxSignal
{
    /// <summary>Wakes a lane; nothing happens where this process delivers nothing.</summary>
    /// <param name="streamName">The stream, in any case; <see langword="null"/> wakes all.</param>
    void Wake(string? streamName = null);
}
