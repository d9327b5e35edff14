using MailKit;

namespace TransactionalMail.Transports.Smtp;

/// <summary>Knows whether the whole content went out: from then on a lost answer leaves the mail's fate unknown.</summary>
internal sealed class SmtpProgress : ITransferProgress
{
    public bool ContentSent { get; private set; }

    public void Report(long bytesTransferred, long totalSize) => ContentSent = bytesTransferred >= totalSize;

    public void Report(long bytesTransferred)
    {
    }
}
