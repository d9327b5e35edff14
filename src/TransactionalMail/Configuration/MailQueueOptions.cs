namespace TransactionalMail;

/// <summary>How a stream's lane delivers what was enqueued. Streams are lanes: mail of one never waits behind that of another.</summary>
public sealed class MailQueueOptions
{
    /// <summary>Gets or sets how many mails of the stream are delivered at the same time.</summary>
    /// <value>The default is 4.</value>
    public int Workers { get; set; } = 4;

    /// <summary>Gets or sets the wait after the first failed attempt; it doubles from there, with jitter.</summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets the longest wait between attempts.</summary>
    /// <value>The default is 1 hour.</value>
    /// <remarks>A relay that asks for more (<see cref="MailTransportException.RetryAfter"/>) gets it.</remarks>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Gets or sets the age at which a mail is given up and becomes a dead letter.</summary>
    /// <value>The default is 1 day.</value>
    /// <remarks><see cref="EmailMessage.NotAfter"/> ends it earlier.</remarks>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);
}
