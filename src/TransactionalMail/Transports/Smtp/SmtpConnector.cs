using MailKit.Net.Smtp;

namespace TransactionalMail.Transports.Smtp;

/// <summary>Opens connections that are ready for mail: connected, secured, greeted, authenticated.</summary>
internal sealed class SmtpConnector(SmtpOptions options, SmtpFailures failures, TimeProvider time)
{
    private readonly SmtpLogin _login = new(options);

    /// <summary>Gets how often the relay has refused the login so far.</summary>
    public int RefusedLogins => _login.Refusals;

    /// <summary>Opens one connection.</summary>
    /// <param name="refusedLogins">What <see cref="RefusedLogins"/> was when the caller began to wait; a login refused since then is not repeated for it.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    public async Task<SmtpSession> OpenAsync(int refusedLogins, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(options.ConnectTimeout, time, cancellationToken);
        var session = new SmtpSession(options);
        try
        {
            _login.ThrowIfRefusedSince(refusedLogins);
            await session.ConnectAsync(deadline.Token).ConfigureAwait(false);
            await _login.AuthenticateAsync(session, refusedLogins, deadline.Token).ConfigureAwait(false);
            return session.IsReady ? session : throw new SmtpProtocolException("The relay spoke out of turn.");
        }
        catch (Exception failure)
        {
            session.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            if (failures.OfConnecting(failure, session.CertificateProblem) is { } known) throw known;
            throw;
        }
    }
}
