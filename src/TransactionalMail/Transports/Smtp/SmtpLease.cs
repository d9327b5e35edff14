using System.Net.Sockets;
using MailKit.Net.Smtp;

namespace TransactionalMail.Transports.Smtp;

/// <summary>The exclusive use of one connection, until disposed.</summary>
internal sealed class SmtpLease(SmtpConnectionPool pool, SmtpSession session, bool wasIdle) : IDisposable
{
    private bool _wasIdle = wasIdle;

    public SmtpSession Session { get; private set; } = session;

    /// <summary>Gets whether the connection has been idle or has carried mail, so that the relay may have closed it meanwhile.</summary>
    public bool IsReused => _wasIdle || Session.Transactions > 1;

    /// <summary>Returns whether a transaction failed only because the connection was old: nothing of it had reached the relay, and a fresh connection can tell.</summary>
    public bool IsStale(Exception failure) =>
        IsReused && !Session.SenderAccepted
        && failure is SmtpCommandException { StatusCode: SmtpStatusCode.ServiceNotAvailable } or IOException or SocketException or SmtpProtocolException;

    /// <summary>Puts a fresh connection in the place of this one.</summary>
    public async Task ReplaceAsync(CancellationToken cancellationToken)
    {
        await pool.QuitAsync(Session).ConfigureAwait(false);
        Session = await pool.OpenAsync(cancellationToken).ConfigureAwait(false);
        _wasIdle = false;
    }

    public void Dispose() => pool.Return(this);
}
