using System.Text;
using RabbitMQ.Client;
using TransactionalMail.RabbitMq.Tests;

namespace TransactionalMail.Benchmarks.Outbox.Queues;

/// <summary>The queues of a server that this program started, with its defaults; one node, so that a quorum is one.</summary>
internal sealed class MailQueues(Broker broker)
{
    public Uri Uri => broker.Uri;

    public Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = Uri }.CreateConnectionAsync();

    public async Task<string> DescribeAsync()
    {
        await using var connection = await ConnectAsync();
        return $"RabbitMQ {Encoding.UTF8.GetString((byte[])connection.ServerProperties!["version"]!)}, quorum queues on one node, on 127.0.0.1";
    }

    /// <summary>Empties a queue for whoever is next, and makes sure that it had what it should.</summary>
    public async Task EmptyAsync(string queue, long expected)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        var count = await channel.QueuePurgeAsync(queue);
        if (count != expected) throw new InvalidOperationException($"Queue {queue} has {count} messages, and {expected} were to be there.");
    }
}
