using MimeKit;

namespace TransactionalMail;

/// <summary>Reads what mail servers send back: bounces, delays, receipts and complaints. Thread-safe.</summary>
/// <remarks>
/// <para>
/// Understood are delivery status notifications (RFC 3464), feedback reports (RFC 5965), and the texts of servers that follow neither.
/// A report names the mail by the part it returns: our <c>X-TransactionalMail-Id</c> field or our Message-ID.
/// </para>
/// <para>
/// Nobody signs a bounce: whoever knows the address of the mailbox can write one. Read a mailbox of its own, under an address that is
/// not published, and know that a hard bounce or a complaint with a recipient puts that recipient on the suppression list.
/// </para>
/// </remarks>
public interface IBounceReader
{
    /// <summary>Reads a message, whatever it is; one that reports nothing gives a report without events.</summary>
    /// <param name="message">The message as it was received; it is not changed.</param>
    BounceReport Read(MimeMessage message);

    /// <summary>Reads a message as it came, of which no more than the first mebibyte is looked at: what it reports stands in front of what it returns.</summary>
    /// <param name="message">The message (RFC 5322), with or without an mbox line before it. It is left open.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="FormatException">The stream holds no message.</exception>
    ValueTask<BounceReport> ReadAsync(Stream message, CancellationToken cancellationToken);
}
