using MimeKit;

namespace TransactionalMail.Testing;

/// <summary>A mail that a simulated provider took as MIME. Immutable.</summary>
/// <param name="Recipients">Whom it was for, blind copies among them, in order.</param>
/// <param name="Raw">The mail, byte for byte.</param>
/// <param name="Settings">What else the request said, in order; a name may stand more than once.</param>
public sealed record SimulatedMimeMail(IReadOnlyList<string> Recipients, ReadOnlyMemory<byte> Raw, IReadOnlyList<KeyValuePair<string, string>> Settings)
{
    /// <summary>Parses the mail; each call makes a new instance.</summary>
    /// <exception cref="FormatException">It is not MIME.</exception>
    public MimeMessage Parse()
    {
        using var stream = new MemoryStream(Raw.ToArray(), writable: false);
        return MimeMessage.Load(stream);
    }

    /// <summary>Returns sizes only, no addresses and no content.</summary>
    public override string ToString() => $"mail of {Raw.Length} bytes to {Recipients.Count} recipients";
}
