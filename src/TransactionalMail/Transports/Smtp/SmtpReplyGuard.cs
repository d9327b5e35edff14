using System.Globalization;
using System.Text;
using MailKit;
using MailKit.Net.Smtp;

namespace TransactionalMail.Transports.Smtp;

/// <summary>Watches the replies of one connection before MailKit acts on them: caps them, counts them, and knows when the relay leaves.</summary>
/// <remarks>
/// MailKit has no bound on a reply, and answers a relay that says "not now" to EHLO with HELO. Its protocol log is the one place that sees
/// replies in clear, also inside TLS, and in time to stop both. Nothing is written down.
/// </remarks>
internal sealed class SmtpReplyGuard : IProtocolLogger
{
    /// <summary>The longest reply, in bytes with all its lines: some hundred times that of a talkative relay.</summary>
    public const int MaxReplyLength = 64 * 1024;

    private readonly StringBuilder _ehlo = new();
    private bool _answersEhlo;
    private int _length;
    private int _column;
    private int _code;
    private bool _isLastLine;

    /// <summary>Gets how many whole replies came since this client last wrote.</summary>
    public int RepliesSinceWrite { get; private set; }

    /// <summary>Gets whether the relay has said exactly what it was asked, so that the next reply will belong to the next command.</summary>
    public bool IsInStep => RepliesSinceWrite == 1 && _length == 0;

    /// <summary>Gets whether the relay has announced that it closes the connection (421, RFC 5321 §3.8).</summary>
    public bool IsClosing { get; private set; }

    /// <summary>Gets the extensions the relay offers, one a line.</summary>
    public string Extensions => _ehlo.ToString();

    /// <inheritdoc/>
    public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

    /// <inheritdoc/>
    public void LogConnect(Uri uri)
    {
    }

    /// <inheritdoc/>
    public void LogClient(byte[] buffer, int offset, int count)
    {
        _answersEhlo = buffer.AsSpan(offset, count).StartsWith("EHLO "u8);
        if (_answersEhlo) _ehlo.Clear();
        (_length, _column, RepliesSinceWrite) = (0, 0, 0);
    }

    /// <inheritdoc/>
    public void LogServer(byte[] buffer, int offset, int count)
    {
        foreach (var octet in buffer.AsSpan(offset, count))
        {
            if (++_length > MaxReplyLength) throw new SmtpProtocolException(string.Create(CultureInfo.InvariantCulture, $"The reply is longer than {MaxReplyLength} bytes."));
            Read(octet);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Follows the reply: three digits, a hyphen where more lines come, text (RFC 5321 §4.2).</summary>
    private void Read(byte octet)
    {
        if (_column == 0) (_code, _isLastLine) = (0, true);
        if (_column < 3) _code = (_code * 10) + (octet - '0');
        else if (_column == 3) _isLastLine = octet is not (byte)'-';
        else if (_answersEhlo && octet is not (byte)'\r') _ehlo.Append((char)octet);

        _column++;
        if (octet is not (byte)'\n') return;
        _column = 0;
        if (_isLastLine) EndReply();
    }

    private void EndReply()
    {
        _length = 0;
        RepliesSinceWrite++;
        IsClosing |= _code == 421;
        if (_answersEhlo && _code is >= 400 and < 500)
        {
            throw new SmtpCommandException(SmtpErrorCode.UnexpectedStatusCode, (SmtpStatusCode)_code, Extensions.Trim());
        }
    }
}
