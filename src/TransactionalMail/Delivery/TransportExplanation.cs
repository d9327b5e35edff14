using TransactionalMail.Transports;

namespace TransactionalMail;

/// <summary>What one transport would do with a message.</summary>
/// <param name="Name">The transport's name.</param>
/// <param name="MissingFeatures">What the message asks for and the transport cannot carry.</param>
/// <param name="Pause">For how long the transport is left alone because it kept failing or asked for a pause; zero where it is not.</param>
public sealed record TransportExplanation(string Name, MailFeatures MissingFeatures, TimeSpan Pause)
{
    /// <summary>Gets whether the transport would be asked when its turn comes.</summary>
    /// <remarks>What only the relay knows before it is asked, such as the largest mail it takes, is not foreseen.</remarks>
    public bool WouldBeAsked => MissingFeatures is MailFeatures.None && Pause == TimeSpan.Zero;
}
