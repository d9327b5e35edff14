namespace TransactionalMail;

/// <summary>How hard one transport may be used, and when it is left alone. It applies across all streams.</summary>
public sealed class MailTransportLimits
{
    /// <summary>Gets or sets how many mails may be handed over at the same time; further ones wait in order.</summary>
    /// <value>The default is <see langword="null"/>: no limit.</value>
    public int? MaxConcurrency { get; set; }

    /// <summary>Gets or sets how many mails may be handed over within any second; further ones wait in order.</summary>
    /// <value>The default is <see langword="null"/>: no limit.</value>
    public int? MaxPerSecond { get; set; }

    /// <summary>Gets or sets after how many failures in a row the transport is left alone for <see cref="CoolDown"/>.</summary>
    /// <value>The default is 5.</value>
    /// <remarks>
    /// Refused credentials, an exhausted account and a missing secure connection count as that many at once, and so does a relay that
    /// says when to come back. Refusals of a message or of its recipients never count: the relay works.
    /// </remarks>
    public int FailureThreshold { get; set; } = 5;

    /// <summary>Gets or sets how long a failing transport is left alone; then one mail tries it, and the time doubles if that fails too.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan CoolDown { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the longest that a failing transport is left alone.</summary>
    /// <value>The default is 10 minutes.</value>
    /// <remarks>A relay that asks for more gets it, up to an hour.</remarks>
    public TimeSpan MaxCoolDown { get; set; } = TimeSpan.FromMinutes(10);
}
