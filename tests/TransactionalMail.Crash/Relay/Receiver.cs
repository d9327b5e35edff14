namespace TransactionalMail.Crash.Relay;

/// <summary>Who gets what a relay carries a second time.</summary>
internal enum Receiver
{
    /// <summary>The process that has sent the first copy, and knows it.</summary>
    Same,

    /// <summary>A process that was started since, and has never seen the mail.</summary>
    Another,
}
