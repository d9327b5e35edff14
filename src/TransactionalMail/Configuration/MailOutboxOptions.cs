namespace TransactionalMail;

/// <summary>The settings of the outbox, which keeps mail from <see cref="ITransactionalMailer.EnqueueAsync"/> until it is delivered.</summary>
public sealed class MailOutboxOptions
{
    /// <summary>Gets or sets how many mails the outbox in memory holds, over all streams; when it is full, <see cref="ITransactionalMailer.EnqueueAsync"/> waits.</summary>
    /// <value>The default is 10,000. A durable outbox has limits of its own.</value>
    public int Capacity { get; set; } = 10_000;

    /// <summary>Gets or sets whether this process only enqueues, and another one delivers from the same durable outbox.</summary>
    /// <value>The default is <see langword="false"/>: mail is delivered here, and enqueueing without a running host is an error.</value>
    public bool EnqueueOnly { get; set; }

    /// <summary>Gets or sets how often a lane looks for mail that is due; mail enqueued in this process is seen at once.</summary>
    /// <value>The default is 1 second, the most a day.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets how long a mail belongs to a worker that says nothing more; then another one takes it. A live worker renews in time.</summary>
    /// <value>The default is 2 minutes; from 1 second to a day.</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets or sets how long stopping waits for deliveries, and for the outbox in memory to run empty; what is left is reported.</summary>
    /// <value>The default is 20 seconds, less than the 30 that a host waits; the most is a day.</value>
    /// <remarks>Beyond it, up to six seconds go to storing what became of mail that just went out, to what does not end at once, and to finding out what is left.</remarks>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
