using RabbitMQ.Client;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>What stands around a mail in a message.</summary>
internal static class MailMessage
{
    /// <summary>The header of a dead letter that cannot be read, with the reason.</summary>
    public const string ReasonHeader = "transactionalmail-reason";

    /// <summary>Returns the properties of a new message of a mail. The correlation id tells it from the other messages of the mail.</summary>
    public static BasicProperties Of(OutboxEntry entry) => new()
    {
        Persistent = true,
        MessageId = entry.Id.ToString(),
        CorrelationId = Guid.NewGuid().ToString("N"),
        ContentType = "application/vnd.transactionalmail.entry",
    };

    /// <summary>Returns the properties with which a message that cannot be read is put aside.</summary>
    public static BasicProperties Unreadable(IReadOnlyBasicProperties properties, string reason)
    {
        var kept = Again(properties);
        kept.Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { [ReasonHeader] = reason };
        return kept;
    }

    /// <summary>Returns the properties with which a message is published once more, without what the broker noted on its way.</summary>
    /// <remarks>Nothing else is taken from it: the user who published it is refused to another one, and an expiration would end it.</remarks>
    public static BasicProperties Again(IReadOnlyBasicProperties properties) => new()
    {
        Persistent = true,
        MessageId = properties.MessageId,
        CorrelationId = properties.CorrelationId,
        ContentType = properties.ContentType,
    };
}
