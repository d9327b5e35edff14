using Microsoft.Extensions.Logging;

namespace TransactionalMail.Diagnostics;

/// <content>What is told where the work goes on after a failure: it must not end because the application's logger fails as well.</content>
internal static partial class Log
{
    /// <summary>Tells of a failure of the outbox, its details at level Debug.</summary>
    public static void OutboxFailure(ILogger logger, string stream, Exception failure) => Safely(() =>
    {
        OutboxFailed(logger, stream, failure.GetType().Name);
        OutboxFailureDetail(logger, failure);
    });

    /// <summary>Tells that nobody knows how full the outbox is, and why at level Debug.</summary>
    public static void DepthFailure(ILogger logger, Exception failure) => Safely(() =>
    {
        DepthUnknown(logger, failure.GetType().Name);
        OutboxFailureDetail(logger, failure);
    });

    /// <summary>Tells that a transport did not take a mail; others may be asked next.</summary>
    public static void AttemptFailure(ILogger logger, MailId mailId, string stream, string transport, MailTransportException failure) =>
        Safely(() => AttemptFailed(logger, mailId, stream, transport, failure.Failure, failure.ProviderCode));

    /// <summary>Tells of a delivery that broke, its details at level Debug.</summary>
    public static void DeliveryFailure(ILogger logger, MailId mailId, string stream, Exception failure) => Safely(() =>
    {
        DeliveryBroke(logger, mailId, stream, failure.GetType().Name);
        DeliveryBrokeDetail(logger, mailId, failure);
    });

    /// <summary>Tells of a failure of the idempotency ledger, its details at level Debug.</summary>
    public static void LedgerFailure(ILogger logger, MailId mailId, Exception failure) => Safely(() =>
    {
        LedgerFailed(logger, mailId, failure.GetType().Name);
        OutboxFailureDetail(logger, failure);
    });

    /// <summary>Tells that a mail was not logged or counted, and why at level Debug.</summary>
    public static void CountFailure(ILogger logger, MailId mailId, string stream, Exception failure) => Safely(() =>
    {
        CountFailed(logger, mailId, stream, failure.GetType().Name);
        OutboxFailureDetail(logger, failure);
    });

    /// <summary>Tells a logger, or who listens to a meter; both are the application's.</summary>
    public static void Safely(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception)
        {
            // Nobody else could be told, and whatever was to be told stays as it is.
        }
    }
}
