using System.Net.Sockets;
using RabbitMQ.Client.Exceptions;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>Tells what the client library throws when the broker is away.</summary>
internal static class BrokerErrors
{
    public static bool IsAway(Exception error) =>
        error is RabbitMQClientException or SocketException or IOException or TimeoutException or OperationCanceledException or ObjectDisposedException;

    public static RabbitMqUnavailableException Explain(string what, Exception error) => new(
        error switch
        {
            BrokerUnreachableException or SocketException => $"{what}: the broker cannot be reached. Is it running, and are host, port, certificate and credentials right?",
            OperationCanceledException or TimeoutException => $"{what}: the broker did not answer in time.",
            OperationInterruptedException { ShutdownReason: { ReplyCode: not 0 } reason } => $"{what}: the broker closed the channel or the connection (code {reason.ReplyCode}: {reason.ReplyText}).",
            PublishException => $"{what}: the broker did not take the message, because the queue is full or gone.",
            _ => $"{what}: the connection was lost.",
        },
        error);
}
