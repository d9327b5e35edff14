namespace TransactionalMail;

/// <summary>When the health checks of mail complain.</summary>
public sealed class MailHealthOptions
{
    /// <summary>Gets or sets for how long a mail may be due before the outbox is unhealthy.</summary>
    /// <value>The default is 15 minutes.</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Gets or sets how many mails of one stream may wait or be in delivery before the outbox is degraded.</summary>
    /// <value>The default is <see langword="null"/>: any number.</value>
    public int? MaxDepth { get; set; }

    /// <summary>Gets or sets how many dead letters of one stream there may be before the outbox is degraded.</summary>
    /// <value>The default is 0: each is looked at, then retried or dropped (<see cref="Outbox.IOutboxAdmin"/>).</value>
    public int MaxDeadLetters { get; set; }
}
