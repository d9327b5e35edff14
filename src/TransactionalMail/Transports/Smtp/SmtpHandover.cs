using System.Globalization;
using MailKit.Net.Smtp;
using MimeKit;

namespace TransactionalMail.Transports.Smtp;

/// <summary>Hands one mail over in as few transactions as the relay's limits allow, and keeps what became of each recipient.</summary>
internal sealed class SmtpHandover(SmtpContent content, MailEnvelope envelope, SmtpLease lease, SmtpFailures failures, SmtpOptions options, TimeProvider time)
{
    private readonly Dictionary<EmailAddress, RecipientOutcome> _outcomes = [];
    private readonly List<EmailAddress> _left = [.. envelope.Recipients];
    private IReadOnlyList<EmailAddress> _batch = [];
    private int _batchSize = options.MaxRecipientsPerTransaction;
    private bool _hasTransacted;
    private bool _hasReplaced;

    public async Task<IReadOnlyList<RecipientOutcome>> RunAsync(CancellationToken cancellationToken)
    {
        while (_left.Count > 0)
        {
            try
            {
                await TransactAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (MailTransportException failure) when (_hasTransacted)
            {
                Abandon(failure);
            }
            catch (OperationCanceledException) when (_hasTransacted)
            {
                Settle(_left, RecipientStatus.Deferred, "The caller gave up before the mail went out to this recipient.");
            }

            _left.RemoveAll(_outcomes.ContainsKey);
        }

        return [.. envelope.Recipients.Select(r => _outcomes[r])];
    }

    private async Task TransactAsync(CancellationToken cancellationToken)
    {
        if (!lease.Session.IsReady) await lease.ReplaceAsync(cancellationToken).ConfigureAwait(false);
        RefuseTooLarge();
        SetAsideUnreachable();
        if (_left.Count == 0) return;

        _batch = [.. _left.Take(Math.Min(_batchSize, lease.Session.Limits.Recipients))];
        var progress = new SmtpProgress();
        using var deadline = new Deadline(options.SendTimeout, time, cancellationToken);
        try
        {
            Settle(await SendAsync(progress, deadline.Token).ConfigureAwait(false));
        }
        catch (Exception stale) when (!_hasReplaced && !cancellationToken.IsCancellationRequested && lease.IsStale(stale))
        {
            _hasReplaced = true;
            await lease.ReplaceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            if (!progress.ContentSent) cancellationToken.ThrowIfCancellationRequested();
            if (failures.OfSending(failure, progress.ContentSent) is { } known) throw known;
            throw;
        }
    }

    /// <summary>Returns the relay's answer to the content, or <see langword="null"/> where it refused every recipient.</summary>
    private async Task<string?> SendAsync(SmtpProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            return await lease.Session.SendAsync(content, Mailbox(envelope.Sender), [.. _batch.Select(Mailbox)], progress, cancellationToken).ConfigureAwait(false);
        }
        catch (SmtpCommandException other) when (SmtpFailures.IsAcceptance(other))
        {
            return other.Message;
        }
        catch (SmtpCommandException refusal) when (refusal.ErrorCode is SmtpErrorCode.MessageNotAccepted && lease.Session.Refused.Count == _batch.Count)
        {
            return null;
        }
    }

    private void RefuseTooLarge()
    {
        var session = lease.Session;
        if (!session.Capabilities.HasFlag(SmtpCapabilities.Size) || session.MaxSize == 0 || content.Size <= session.MaxSize) return;

        throw failures.OfSize(content.Size, session.MaxSize);
    }

    /// <summary>Without SMTPUTF8, a relay can be told only recipients whose local part is ASCII (RFC 6531 §3.1).</summary>
    private void SetAsideUnreachable()
    {
        if (lease.Session.Capabilities.HasFlag(SmtpCapabilities.UTF8)) return;
        if (envelope.Sender.RequiresSmtpUtf8) throw failures.OfSenderNeedingUtf8();
        Settle(_left.FindAll(static r => r.RequiresSmtpUtf8), RecipientStatus.Rejected, "The relay does not offer SMTPUTF8, which this address needs.");
        _left.RemoveAll(static r => r.RequiresSmtpUtf8);
    }

    /// <summary>Notes what a transaction decided; recipients that were too many for it stay for the next.</summary>
    private void Settle(string? answer)
    {
        _hasTransacted = true;
        var accepted = failures.Scrub(answer);
        foreach (var recipient in _batch)
        {
            if (!lease.Session.Refused.TryGetValue(recipient.SmtpAddress, out var refusal)) Settle([recipient], RecipientStatus.Accepted, accepted);
            else if (refusal.IsTooMany) _batchSize = refusal.AcceptedBefore;
            else _outcomes[recipient] = Refused(recipient, refusal);
        }
    }

    private RecipientOutcome Refused(EmailAddress recipient, SmtpRefusal refusal)
    {
        var status = refusal.Code < 500 ? RecipientStatus.Deferred : RecipientStatus.Rejected;
        return new RecipientOutcome(recipient, status, failures.TransportName, null, failures.Said(refusal.Code, refusal.Text))
        {
            ProviderCode = refusal.Code.ToString(CultureInfo.InvariantCulture),
            EnhancedCode = EnhancedStatusCode.Of(refusal.Text),
        };
    }

    private void Settle(IReadOnlyList<EmailAddress> recipients, RecipientStatus status, string diagnostic)
    {
        foreach (var recipient in recipients) _outcomes[recipient] = new RecipientOutcome(recipient, status, failures.TransportName, null, diagnostic);
    }

    /// <summary>Ends the work after a transaction that failed as a whole. For recipients, only a verdict on the mail itself is final.</summary>
    private void Abandon(MailTransportException failure)
    {
        var isFinal = failure.Failure is TransportFailure.MessageRejected or TransportFailure.MessageTooLarge or TransportFailure.RecipientsRejected;
        Settle(_left, isFinal ? RecipientStatus.Rejected : RecipientStatus.Deferred, failure.Message);
        if (failure.MayHaveBeenAccepted) Settle(_batch, RecipientStatus.Unknown, failure.Message);
    }

    private static MailboxAddress Mailbox(EmailAddress address) => new(null, address.SmtpAddress);
}
