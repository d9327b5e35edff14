using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace TransactionalMail.Testing.Smtp;

/// <summary>One conversation, from the greeting to the end (RFC 5321): reads a command, judges it, asks the script, replies.</summary>
internal sealed class SmtpSession
{
    /// <summary>512 octets (RFC 5321 §4.5.3.1.4) and as many again for the parameters of extensions.</summary>
    private const int MaxCommandLength = 1024;

    private readonly SmtpAuthenticator _authenticator;
    private readonly SmtpExtensions _extensions;
    private readonly SmtpDataDecoder _decoder;
    private readonly SmtpConnection _connection;
    private readonly LocalSmtpServerOptions _options;
    private readonly X509Certificate2? _certificate;
    private readonly SmtpScript _script;
    private readonly Func<ReceivedMessage, ValueTask> _acceptAsync;
    private readonly Action<Exception> _reportError;
    private SmtpTransaction? _transaction;
    private string? _userName;
    private bool _isGreeted;
    private bool _isExtended;
    private bool _isTurnedAway;
    private bool _hasEnded;
    private volatile bool _isIdle;

    public SmtpSession(
        SmtpConnection connection,
        LocalSmtpServerOptions options,
        X509Certificate2? certificate,
        SmtpScript script,
        Func<ReceivedMessage, ValueTask> acceptAsync,
        Action<Exception> reportError)
    {
        (_connection, _options, _certificate, _script, _acceptAsync, _reportError) = (connection, options, certificate, script, acceptAsync, reportError);
        _authenticator = new SmtpAuthenticator(options);
        _extensions = new SmtpExtensions(options, _authenticator, connection);
        _decoder = new SmtpDataDecoder(options.MaxMessageSize);
    }

    /// <summary>Gets whether the client has all its replies and no transaction is open.</summary>
    public bool IsIdle => _isIdle;

    public async Task RunAsync()
    {
        if (_options.Security is SmtpServerSecurity.Tls) await _connection.SecureAsync(_certificate!).ConfigureAwait(false);

        var greeting = Decide(SmtpStage.Connect, $"220 {_options.HostName} ESMTP ready");
        _isTurnedAway = greeting.IsRefusal;
        await ReplyAsync(greeting).ConfigureAwait(false);

        while (!_hasEnded && await ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (await HandleAsync(line).ConfigureAwait(false) is { } reply) await ReplyAsync(reply).ConfigureAwait(false);
        }

        if (!_hasEnded) _connection.Note(SmtpSpeaker.Event, "client closed the connection");
    }

    private async ValueTask<string?> ReadLineAsync()
    {
        if (!_connection.Input.HasLine)
        {
            _isIdle = _transaction is null; // before the flush: a client that has its reply finds the connection idle
            await _connection.FlushAsync().ConfigureAwait(false);
        }

        var line = await _connection.Input.ReadLineAsync().ConfigureAwait(false);
        _isIdle = false;
        return line;
    }

    private async ValueTask ReplyAsync(SmtpReply reply)
    {
        await _connection.ReplyAsync(_isExtended && _options.EnhancedStatusCodes ? reply : reply.WithoutEnhancedCode()).ConfigureAwait(false);
        if (reply.Ending is SmtpReplyEnding.KeepOpen) return;
        _hasEnded = true;
        await _connection.EndAsync(reply).ConfigureAwait(false);
    }

    private ValueTask<SmtpReply?> HandleAsync(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var verb = (space < 0 ? line : line[..space]).ToUpperInvariant();
        var argument = space < 0 ? "" : line[(space + 1)..].TrimEnd(' ');
        _connection.Note(SmtpSpeaker.Client, _connection.Input.IsOverlong ? "(overlong line)" : verb is "AUTH" ? Mask(argument) : line);

        if (_connection.Input.IsOverlong || (line.Length > MaxCommandLength && verb is not "AUTH")) return Reply(SmtpReplies.LineTooLong);
        if (line.AsSpan().ContainsAny('\r', '\n')) return Reply(SmtpReplies.BareLineEnding);
        if (_isTurnedAway && verb is not "QUIT") return Reply(SmtpReplies.BadSequence);

        return verb switch
        {
            "EHLO" or "HELO" => Reply(Hello(argument, isExtended: verb is "EHLO")),
            "STARTTLS" => StartTlsAsync(argument),
            "AUTH" => AuthAsync(argument),
            "MAIL" => Reply(Mail(argument)),
            "RCPT" => Reply(Recipient(argument)),
            "DATA" => DataAsync(argument),
            "RSET" => Reply(Reset(argument)),
            "NOOP" => Reply(Decide(SmtpStage.Noop, SmtpReplies.Ok)),
            "VRFY" => Reply(argument.Length == 0 ? SmtpReplies.BadArgument : SmtpReplies.CannotVerify),
            "QUIT" => Reply(Quit(argument)),
            "EXPN" or "HELP" or "BDAT" or "ETRN" => Reply(SmtpReplies.NotImplemented),
            _ => Reply(SmtpReplies.UnknownCommand),
        };

        static ValueTask<SmtpReply?> Reply(SmtpReply reply) => new(reply);
    }

    private static string Mask(string argument)
    {
        var space = argument.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? $"AUTH {argument}" : $"AUTH {argument[..space]} ***";
    }

    private SmtpReply Hello(string argument, bool isExtended)
    {
        if (argument.Length == 0) return SmtpReplies.BadArgument;
        var reply = Decide(SmtpStage.Ehlo, isExtended ? _extensions.Advertise() : $"250 {_options.HostName}");
        if (reply.IsRefusal) return reply;
        (_isGreeted, _isExtended, _transaction) = (true, isExtended, null);
        return reply;
    }

    private async ValueTask<SmtpReply?> StartTlsAsync(string argument)
    {
        if (_options.Security is not SmtpServerSecurity.StartTls) return SmtpReplies.NotImplemented;
        if (!_isGreeted || _connection.IsSecure) return SmtpReplies.BadSequence;
        if (argument.Length > 0) return SmtpReplies.BadArgument;

        var reply = Decide(SmtpStage.StartTls, SmtpReplies.ReadyForTls);
        if (reply.Code != 220) return reply;
        await ReplyAsync(reply).ConfigureAwait(false);
        if (_hasEnded) return null;

        await _connection.FlushAsync().ConfigureAwait(false);
        await _connection.SecureAsync(_certificate!).ConfigureAwait(false);
        (_isGreeted, _isExtended, _transaction, _userName) = (false, false, null, null);
        return null;
    }

    private async ValueTask<SmtpReply?> AuthAsync(string argument)
    {
        if (_authenticator.Mechanisms.Count == 0) return SmtpReplies.NotImplemented;
        if (!_isExtended || _userName is not null || _transaction is not null) return SmtpReplies.BadSequence;
        if (_extensions.NeedsTls) return SmtpReplies.TlsRequired;
        if (argument.Length == 0) return SmtpReplies.BadArgument;

        var verdict = Decide(SmtpStage.Auth, await _authenticator.AuthenticateAsync(argument, AskAsync).ConfigureAwait(false));
        if (verdict.Code == 235) _userName = _options.UserName;
        return verdict;
    }

    private async ValueTask<string?> AskAsync(string challenge)
    {
        await ReplyAsync($"334 {Convert.ToBase64String(Encoding.UTF8.GetBytes(challenge))}").ConfigureAwait(false);
        await _connection.FlushAsync().ConfigureAwait(false);
        var response = await _connection.Input.ReadLineAsync().ConfigureAwait(false);
        _connection.Note(SmtpSpeaker.Client, "***");
        return response;
    }

    private SmtpReply Mail(string argument)
    {
        if (!_isGreeted || _transaction is not null) return SmtpReplies.BadSequence;
        if (_extensions.NeedsTls) return SmtpReplies.TlsRequired;
        if (_extensions.OffersAuth && _options.RequireAuthentication && _userName is null) return SmtpReplies.AuthenticationRequired;
        if (SmtpPath.Parse(argument, "FROM:") is not { } path) return SmtpReplies.BadArgument;
        if (path.Parameters.Count > 0 && !_isExtended) return SmtpReplies.UnknownParameter;

        foreach (var (name, value) in path.Parameters)
        {
            if (_extensions.Judge(name, value) is { } refusal) return refusal;
        }

        var transaction = new SmtpTransaction(path);
        if (!transaction.AllowsUtf8 && !Ascii.IsValid(path.Mailbox)) return SmtpReplies.NeedsUtf8;

        var reply = Decide(SmtpStage.MailFrom, SmtpReplies.SenderOk, path.Mailbox);
        if (!reply.IsRefusal) _transaction = transaction;
        return reply;
    }

    private SmtpReply Recipient(string argument)
    {
        if (_transaction is null) return SmtpReplies.BadSequence;
        if (SmtpPath.Parse(argument, "TO:") is not { Mailbox.Length: > 0 } path) return SmtpReplies.BadArgument;
        if (path.Parameters.Count > 0) return SmtpReplies.UnknownParameter;
        if (!_transaction.AllowsUtf8 && !Ascii.IsValid(path.Mailbox)) return SmtpReplies.NeedsUtf8;

        var reply = Decide(SmtpStage.RcptTo, SmtpReplies.RecipientOk, path.Mailbox);
        if (!reply.IsRefusal) _transaction.Recipients.Add(path.Mailbox);
        return reply;
    }

    private async ValueTask<SmtpReply?> DataAsync(string argument)
    {
        if (_transaction is not { } transaction) return SmtpReplies.BadSequence;
        if (argument.Length > 0) return SmtpReplies.BadArgument;
        if (transaction.Recipients.Count == 0) return SmtpReplies.NoRecipients;

        var start = Decide(SmtpStage.Data, SmtpReplies.StartContent);
        if (start.Code != 354) return start;
        await ReplyAsync(start).ConfigureAwait(false);
        if (_hasEnded) return null;

        await _connection.FlushAsync().ConfigureAwait(false);
        _decoder.Reset();
        if (!await _connection.Input.ReadContentAsync(_decoder).ConfigureAwait(false)) return null;

        _transaction = null;
        if (_decoder.IsTooLarge) return SmtpReplies.TooLarge;
        if (_decoder.LongestLine > _options.MaxLineLength) return SmtpReplies.ContentLineTooLong;
        return await FinishAsync(Receive(transaction)).ConfigureAwait(false);
    }

    private ReceivedMessage Receive(SmtpTransaction transaction) => new()
    {
        EnvelopeSender = transaction.Sender.Mailbox,
        EnvelopeRecipients = transaction.Recipients.AsReadOnly(),
        MailParameters = transaction.Sender.Parameters,
        Raw = _decoder.ToArray(),
        HasBareLineEndings = _decoder.HasBareLineEndings,
        LongestLine = _decoder.LongestLine,
        IsSecure = _connection.IsSecure,
        UserName = _userName,
        ConnectionId = _connection.Id,
    };

    private async ValueTask<SmtpReply> FinishAsync(ReceivedMessage message)
    {
        var reply = Decide(SmtpStage.EndOfData, SmtpReplies.MessageAccepted, message: message);
        if (reply.IsRefusal) return reply;
        try
        {
            await _acceptAsync(message).ConfigureAwait(false);
            return reply;
        }
        catch (Exception exception)
        {
            return Failed(exception);
        }
    }

    private SmtpReply Reset(string argument)
    {
        if (argument.Length > 0) return SmtpReplies.BadArgument;
        var reply = Decide(SmtpStage.Rset, SmtpReplies.Ok);
        if (!reply.IsRefusal) _transaction = null;
        return reply;
    }

    private SmtpReply Quit(string argument)
    {
        if (argument.Length > 0) return SmtpReplies.BadArgument;
        var reply = Decide(SmtpStage.Quit, SmtpReplies.Goodbye);
        return reply.Ending is SmtpReplyEnding.KeepOpen ? reply.ThenClose() : reply;
    }

    /// <summary>Lets the script have its say where the server itself would go on.</summary>
    private SmtpReply Decide(SmtpStage stage, SmtpReply own, string? mailbox = null, ReceivedMessage? message = null)
    {
        try
        {
            return _script.Next(stage, () => Describe(stage, mailbox, message))?.Over(own) ?? own;
        }
        catch (Exception exception)
        {
            return Failed(exception);
        }
    }

    private SmtpCommandContext Describe(SmtpStage stage, string? mailbox, ReceivedMessage? message) => new()
    {
        Stage = stage,
        ConnectionId = _connection.Id,
        IsSecure = _connection.IsSecure,
        UserName = _userName,
        Mailbox = mailbox,
        RecipientCount = message?.EnvelopeRecipients.Count ?? _transaction?.Recipients.Count ?? 0,
        Message = message,
    };

    private SmtpReply Failed(Exception exception)
    {
        _reportError(exception);
        return SmtpReply.BuiltIn($"421 4.3.0 A callback threw {exception.GetType().Name}; see LocalSmtpServer.Errors").ThenClose();
    }
}
