using System.Globalization;
using System.Net;
using System.Text;
using MailKit;
using MailKit.Security;

namespace TransactionalMail.Transports.Smtp;

/// <summary>Authenticates connections (RFC 4954), one at a time, so that a refused login is not tried again by everybody who waits.</summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing to release.
internal sealed class SmtpLogin(SmtpOptions options)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile SmtpLoginException? _refusal;
    private volatile int _refusals;

    public int Refusals => _refusals;

    public void ThrowIfRefusedSince(int refusals)
    {
        if (_refusals != refusals && _refusal is { } refusal) throw new SmtpLoginException(refusal.Problem, refusal.Code, refusal.Text);
    }

    public async Task AuthenticateAsync(SmtpSession session, int refusals, CancellationToken cancellationToken)
    {
        if (options.UserName is null) return;
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfRefusedSince(refusals);
            await TryAsync(session, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task TryAsync(SmtpSession session, CancellationToken cancellationToken)
    {
        try
        {
            await (options.AccessToken is null
                ? LogInAsync(session, options.Password!, cancellationToken)
                : LogInWithTokenAsync(session, cancellationToken)).ConfigureAwait(false);
        }
        catch (SmtpLoginException refusal)
        {
            _refusal = refusal;
            _refusals++;
            throw;
        }
    }

    /// <summary>A refused token may have run out since it was cached: asks for one once more, and tries that if it is another.</summary>
    private async Task LogInWithTokenAsync(SmtpSession session, CancellationToken cancellationToken)
    {
        var token = await TokenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await LogInAsync(session, token, cancellationToken).ConfigureAwait(false);
        }
        catch (SmtpLoginException refusal) when (refusal.Code == 535)
        {
            var renewed = await TokenAsync(cancellationToken).ConfigureAwait(false);
            if (string.Equals(renewed, token, StringComparison.Ordinal)) throw;
            await RetryAsync(renewed, refusal).ConfigureAwait(false);
        }

        async Task RetryAsync(string renewed, SmtpLoginException refusal)
        {
            try
            {
                await LogInAsync(session, renewed, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception lost) when (lost is IOException or ProtocolException)
            {
                throw refusal; // the relay allows one try for each connection
            }
        }
    }

    private async Task<string> TokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await options.AccessToken!(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SmtpTokenException(failure);
        }
    }

    private async Task LogInAsync(SmtpSession session, string secret, CancellationToken cancellationToken)
    {
        var mechanism = SaslMechanism.Create(Choose(session.AuthenticationMechanisms), new NetworkCredential(options.UserName, secret))!;
        try
        {
            session.Secret = secret;
            await session.AuthenticateAsync(mechanism, cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationException refusal)
        {
            var (code, text) = Read(refusal.Message);
            throw new SmtpLoginException("The relay refused the login.", code, ServerText.Scrub(text, [.. Encoded(secret), secret]));
        }
    }

    private string Choose(HashSet<string> offered)
    {
        if (options.AuthenticationMechanism?.ToUpperInvariant() is { } pinned)
        {
            return offered.Contains(pinned)
                ? pinned
                : throw new SmtpLoginException($"The relay does not offer {pinned}. Change AuthenticationMechanism, or leave it out.", null, string.Join(' ', offered));
        }

        return SmtpMechanisms.For(options).FirstOrDefault(m => offered.Contains(m) && SaslMechanism.IsSupported(m))
            ?? throw new SmtpLoginException("The relay offers no way to authenticate that fits. Check Port and Security, or remove UserName.", null, string.Join(' ', offered));
    }

    /// <summary>Returns what travels instead of the secret, with PLAIN and with LOGIN.</summary>
    private IEnumerable<string> Encoded(string secret) =>
        ((string[])[$"\0{options.UserName}\0{secret}", secret]).Select(static s => Convert.ToBase64String(Encoding.UTF8.GetBytes(s)));

    /// <summary>MailKit hands a refusal on as "535: text", or as the bare text where the mechanism is too weak (534).</summary>
    private static (int Code, string Text) Read(string message) =>
        message is [_, _, _, ':', ..] && int.TryParse(message.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? (code, message[4..].Trim())
            : (534, message);
}
