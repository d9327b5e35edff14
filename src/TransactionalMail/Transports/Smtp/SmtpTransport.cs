using System.Globalization;
using MailKit.Net.Smtp;
using MimeKit;
using TransactionalMail.Mime;

namespace TransactionalMail.Transports.Smtp;

/// <summary>Hands mail to a relay over SMTP (RFC 5321), one connection for each mail.</summary>
internal sealed class SmtpTransport(SmtpOptions options, string name, TimeProvider time) : IMailTransport
{
    private readonly SmtpFailures _failures = new(options, name);

    public MailFeatures Features => MailFeatures.Mime;

    public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        var message = await mail.GetMimeMessageAsync(cancellationToken).ConfigureAwait(false);
        using var session = new SmtpSession();
        await ConnectAsync(session, cancellationToken).ConfigureAwait(false);
        var receipt = await SendAsync(session, mail, message, cancellationToken).ConfigureAwait(false);
        await QuitAsync(session).ConfigureAwait(false);
        return receipt;
    }

    private async Task ConnectAsync(SmtpSession session, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(options.ConnectTimeout, time, cancellationToken);
        try
        {
            await session.ConnectAsync(options, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && _failures.OfConnecting(failure, session.IsConnected) is { } known)
        {
#pragma warning disable MA0027 // The failure is explained, not rethrown.
            throw known;
#pragma warning restore MA0027
        }
    }

    private async Task<TransportReceipt> SendAsync(SmtpSession session, OutboundMail mail, MimeMessage message, CancellationToken cancellationToken)
    {
        var size = WireFormat.Measure(message);
        RefuseTooLarge(session, size);
        var deliverable = Deliverable(session, mail.Envelope);
        if (deliverable.Count == 0) return Receipt(mail, session, deliverable, null);

        var progress = new SmtpProgress();
        using var deadline = new Deadline(options.SendTimeout, time, cancellationToken);
        string? answer;
        try
        {
            answer = await session.SendAsync(message, size, Mailbox(mail.Envelope.Sender), [.. deliverable.Select(Mailbox)], progress, deadline.Token).ConfigureAwait(false);
        }
        catch (SmtpCommandException other) when (SmtpFailures.IsAcceptance(other))
        {
            answer = other.Message;
        }
        catch (SmtpCommandException refusal) when (refusal.ErrorCode is SmtpErrorCode.MessageNotAccepted && session.Refused.Count == deliverable.Count)
        {
            answer = null;
        }
        catch (Exception failure) when ((progress.ContentSent || !cancellationToken.IsCancellationRequested) && _failures.OfSending(failure, progress.ContentSent) is { } known)
        {
#pragma warning disable MA0027 // The failure is explained, not rethrown.
            throw known;
#pragma warning restore MA0027
        }

        return Receipt(mail, session, deliverable, answer);
    }

    private void RefuseTooLarge(SmtpSession session, long size)
    {
        if (!session.Capabilities.HasFlag(SmtpCapabilities.Size) || session.MaxSize == 0 || size <= session.MaxSize) return;

        throw new MailTransportException(
            TransportFailure.MessageTooLarge,
            name,
            string.Create(CultureInfo.InvariantCulture, $"The mail has {size:N0} bytes and the relay takes {session.MaxSize:N0} at most. Make the attachments smaller, or link to them."));
    }

    /// <summary>Returns the recipients this relay can be told: without SMTPUTF8, those whose local part is ASCII (RFC 6531 §3.1).</summary>
    private IReadOnlyList<EmailAddress> Deliverable(SmtpSession session, MailEnvelope envelope)
    {
        if (session.Capabilities.HasFlag(SmtpCapabilities.UTF8)) return envelope.Recipients;
        return envelope.Sender.RequiresSmtpUtf8
            ? throw new MailTransportException(TransportFailure.UnsupportedFeature, name, "The sender's local part is not ASCII and the relay does not offer SMTPUTF8. Use another sender address.")
            : [.. envelope.Recipients.Where(static r => !r.RequiresSmtpUtf8)];
    }

    private TransportReceipt Receipt(OutboundMail mail, SmtpSession session, IReadOnlyList<EmailAddress> deliverable, string? answer) =>
        new([.. mail.Envelope.Recipients.Select(r => Outcome(r, session, deliverable, answer))], mail.MessageId);

    private RecipientOutcome Outcome(EmailAddress recipient, SmtpSession session, IReadOnlyList<EmailAddress> deliverable, string? answer)
    {
        if (!deliverable.Contains(recipient))
        {
            return new RecipientOutcome(recipient, RecipientStatus.Rejected, name, null, "The relay does not offer SMTPUTF8, which this address needs.");
        }

        if (!session.Refused.TryGetValue(recipient.SmtpAddress, out var refusal))
        {
            return new RecipientOutcome(recipient, RecipientStatus.Accepted, name, null, _failures.Scrub(answer));
        }

        var code = (int)refusal.StatusCode;
        return new RecipientOutcome(recipient, code < 500 ? RecipientStatus.Deferred : RecipientStatus.Rejected, name, null, _failures.Scrub(string.Create(CultureInfo.InvariantCulture, $"{code} {refusal.Response}")));
    }

    private static MailboxAddress Mailbox(EmailAddress address) => new(null, address.SmtpAddress);

    /// <summary>Says goodbye; the mail has been handed over, so nothing that happens now matters to it.</summary>
    private static async Task QuitAsync(SmtpSession session)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await session.DisconnectAsync(quit: true, patience.Token).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException or MailKit.ProtocolException)
        {
            // The relay closed first.
        }
    }
}
