using RabbitMQ.Client;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>Where the queues are, and how mail gets there.</summary>
public sealed class RabbitMqMailOptions
{
    /// <summary>Gets or sets the broker and the virtual host: <c>amqps://user:password@rabbit.acme.example/mail</c>, user name and password percent-encoded.</summary>
    /// <value>The default is <c>amqp://guest:guest@localhost:5672/</c>, which RabbitMQ lets in from its own machine only.</value>
    /// <remarks>With <c>amqps</c>, the certificate of each node must be trusted and for the name that it is called by here. The user needs the permissions configure, write and read on names that begin with <see cref="QueuePrefix"/>.</remarks>
    public Uri Uri { get; set; } = new("amqp://guest:guest@localhost:5672/");

    /// <summary>Gets the names of further nodes of the cluster, at the same port; whichever answers is used.</summary>
    /// <value>The default is empty: the host of <see cref="Uri"/> alone.</value>
    public IList<string> Hosts { get; } = [];

    /// <summary>Gets or sets what changes the connection before it is opened: certificates, credentials that rotate. It is called anew for each node.</summary>
    /// <value>The default is <see langword="null"/>. Recovery by the client stays off; the outbox connects again by itself.</value>
    public Action<ConnectionFactory>? ConfigureConnection { get; set; }

    /// <summary>Gets or sets what the names of all queues and exchanges begin with. Applications that share a virtual host need different ones.</summary>
    /// <value>The default is <c>transactionalmail</c>.</value>
    public string QueuePrefix { get; set; } = "transactionalmail";

    /// <summary>Gets or sets how large a mail may be in the queue, attachments included. A larger one is refused before anything is published.</summary>
    /// <value>The default is 16 MiB, what RabbitMQ 4 takes by default; earlier versions take 128 MiB. Of these 16 KiB are kept free for what attempts add.</value>
    public int MaxMessageBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Gets or sets how often a mail may come back from workers that vanished with it, before the broker makes it a dead letter.</summary>
    /// <value>The default is 50. Retries after failed attempts do not count: they are new messages.</value>
    /// <remarks>It is fixed when a queue is declared: the broker refuses another value for a queue that exists, until the queue was emptied and removed.</remarks>
    public int DeliveryLimit { get; set; } = 50;

    /// <summary>Gets or sets how long to wait for the broker: to connect, to answer, to confirm.</summary>
    /// <value>The default is 15 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets or sets whether this process carries mail from the application's outbox to the queues.</summary>
    /// <value>The default is <see langword="true"/>. Several processes may do it at once.</value>
    /// <remarks>Without effect where the queues are the application's outbox themselves.</remarks>
    public bool Relay { get; set; } = true;

    /// <summary>Returns host and prefix, never credentials.</summary>
    public override string ToString() => $"RabbitMqMailOptions {{ Host: {Uri.Host}, QueuePrefix: {QueuePrefix} }}";
}
