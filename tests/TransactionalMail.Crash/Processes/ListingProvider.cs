using TransactionalMail.Transports;

namespace TransactionalMail.Crash.Processes;

/// <summary>A provider that lists what it was handed.</summary>
internal sealed class ListingProvider(TextWriter list) : IMailTransport
{
    private readonly Lock _lock = new();

    public MailFeatures Features => MailFeatures.None;

    public Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        lock (_lock) list.WriteLine(mail.Id.Value.ToString("N"));
        return Task.FromResult(TransportReceipt.Accepted(mail, "provider"));
    }
}
