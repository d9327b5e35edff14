namespace TransactionalMail;

/// <summary>How a transport is doing.</summary>
/// <param name="Name">The transport's name.</param>
/// <param name="ConsecutiveFailures">How many attempts failed since the last that the relay answered.</param>
/// <param name="PausedFor">For how long it is left alone from now; zero where it is used.</param>
public sealed record MailTransportStatus(string Name, int ConsecutiveFailures, TimeSpan PausedFor)
{
    /// <summary>Gets whether mail goes to it at the moment.</summary>
    public bool IsAvailable => PausedFor <= TimeSpan.Zero;
}
