using Microsoft.Extensions.Logging;
using TransactionalMail.Diagnostics;
using TransactionalMail.Transports;

namespace TransactionalMail.Delivery;

/// <summary>Finds a transport of the stream that takes the mail; moves on only where that cannot send it twice.</summary>
internal sealed class MailDelivery(ILogger<MailDelivery> logger)
{
    public async Task<MailReceipt> DeliverAsync(OutboundMail mail, MailStream stream, DateTimeOffset acceptedAt, CancellationToken cancellationToken)
    {
        var failures = new List<MailTransportException>();
        var attempts = 0;
        foreach (var (name, transport) in stream.Transports)
        {
            if (Unsupported(mail, name, transport) is { } unsupported)
            {
                failures.Add(unsupported);
                continue;
            }

            attempts++;
            try
            {
                var receipt = await transport.SendAsync(mail, cancellationToken).ConfigureAwait(false);
                return Conclude(mail, stream, receipt, failures, attempts, acceptedAt);
            }
            catch (MailTransportException failure)
            {
                failures.Add(failure);
                Log.AttemptFailed(logger, mail.Id, stream.Name, name, failure.Failure, failure.ProviderCode);
                if (!failure.AllowsFailover) break;
            }
        }

        throw Failed(mail, failures, attempts);
    }

    private static MailTransportException? Unsupported(OutboundMail mail, string name, IMailTransport transport)
    {
        var missing = RequiredFeatures.Of(mail.Message) & ~transport.Features;
        return missing is MailFeatures.None
            ? null
            : new MailTransportException(TransportFailure.UnsupportedFeature, name, $"It cannot carry {missing}. Remove that from the message, or route it through a transport that can.");
    }

    private MailReceipt Conclude(OutboundMail mail, MailStream stream, TransportReceipt receipt, List<MailTransportException> failures, int attempts, DateTimeOffset acceptedAt)
    {
        if (receipt.Recipients.All(static r => r.Status is not (RecipientStatus.Accepted or RecipientStatus.Suppressed)))
        {
            throw new MailDeliveryException(mail.Id, receipt.Recipients, failures, attempts);
        }

        var refused = receipt.Recipients.Count(static r => r.Status is not RecipientStatus.Accepted);
        Log.Sent(logger, mail.Id, stream.Name, receipt.Recipients[0].TransportName, receipt.Recipients.Count - refused, refused, attempts);
        return new MailReceipt(mail.Id, receipt.MessageId, receipt.Recipients, attempts, acceptedAt);
    }

    private static MailDeliveryException Failed(OutboundMail mail, List<MailTransportException> failures, int attempts)
    {
        var last = failures[^1];
        var status = last switch
        {
            { MayHaveBeenAccepted: true } => RecipientStatus.Unknown,
            { IsTransient: true } => RecipientStatus.Deferred,
            _ => RecipientStatus.Rejected,
        };
        return new MailDeliveryException(
            mail.Id,
            [.. mail.Envelope.Recipients.Select(r => new RecipientOutcome(r, status, last.TransportName, null, null))],
            failures,
            attempts);
    }
}
