namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>The broker could not be reached, or did not answer in time: always transient. What it had confirmed before is safe; the call may be repeated.</summary>
/// <remarks>Mail that was being published may be in its queue all the same: repeating the call can send it twice, with the same Message-ID.</remarks>
public sealed class RabbitMqUnavailableException : Exception
{
    internal RabbitMqUnavailableException(string problem, Exception? innerException = null)
        : base($"RabbitMQ: {problem}", innerException)
    {
    }
}
