namespace TransactionalMail;

/// <summary>How a stream tries again while the caller of <see cref="ITransactionalMailer.SendAsync"/> waits: for seconds, not for hours.</summary>
/// <remarks>Only what may pass is tried again, and only for the recipients still without an answer.</remarks>
public sealed class MailRetryOptions
{
    /// <summary>Gets or sets how many times the stream's transports are gone through, at most.</summary>
    /// <value>The default is 3; 1 never tries again.</value>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Gets or sets the wait before the second time; it doubles from there, with jitter, so that senders do not come back together.</summary>
    /// <value>The default is 1 second.</value>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets the longest wait.</summary>
    /// <value>The default is 30 seconds.</value>
    /// <remarks>Where every transport asks for more (<see cref="MailTransportException.RetryAfter"/>), the mail fails at once and says so.</remarks>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);
}
