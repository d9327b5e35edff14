namespace TransactionalMail.Tests.Bounces.Mailbox;

/// <summary>A message in the mailbox of <see cref="ImapServer"/>.</summary>
internal sealed class ImapMessage(int uid, byte[] content)
{
    public int Uid { get; } = uid;

    public byte[] Content { get; } = content;

    public HashSet<string> Flags { get; } = new(StringComparer.OrdinalIgnoreCase);

    public string Folder { get; set; } = "INBOX";
}
