using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace TransactionalMail.Testing.Smtp;

/// <summary>One client's socket: input line by line, output reply by reply, TLS, and every way to end.</summary>
/// <remarks>One session uses it; <see cref="InterjectAsync"/> and <see cref="Dispose"/> alone may come from elsewhere.</remarks>
internal sealed class SmtpConnection(int id, Socket socket, SmtpTranscript transcript, TimeProvider timeProvider, CancellationToken stopping) : IDisposable
{
    /// <summary>The longest line of any command, that of AUTH (RFC 4954 §4).</summary>
    private const int MaxLineLength = 12_288;

    private const int MaxUnsent = 64 * 1024;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ArrayBufferWriter<byte> _output = new(1024);
    private readonly NetworkStream _network = new(socket, ownsSocket: true);
    private SslStream? _tls;
    private SmtpLineReader? _input;

    public int Id => id;

    public bool IsSecure => _tls is not null;

    public SmtpLineReader Input => _input ??= new SmtpLineReader(_network, MaxLineLength);

    private Stream Stream => _tls is null ? _network : _tls;

    /// <summary>Tells the end of a connection, whoever brought it about, from a fault of the server.</summary>
    public static bool IsLoss(Exception exception) =>
        exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException or AuthenticationException;

    public void Note(SmtpSpeaker speaker, string text) => transcript.Add(id, speaker, text);

    /// <summary>Runs the TLS handshake and forgets every byte that came before it (RFC 3207 §4.2).</summary>
    public async Task SecureAsync(X509Certificate2 certificate)
    {
        var tls = new SslStream(_network);
        var early = Input.SwitchTo(tls);
        if (early > 0) Note(SmtpSpeaker.Event, $"forgot {early} bytes sent before the TLS handshake");
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stopping).ConfigureAwait(false);
        }
        catch
        {
            Note(SmtpSpeaker.Event, "TLS handshake failed");
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        _tls = tls;
        Note(SmtpSpeaker.Event, "TLS handshake done");
    }

    /// <summary>Puts a reply into the output; its last piece leaves with the next <see cref="FlushAsync"/>, so that pipelined replies travel together.</summary>
    public async ValueTask ReplyAsync(SmtpReply reply)
    {
        NoteReply(reply);
        if (reply.Delay > TimeSpan.Zero)
        {
            await FlushAsync().ConfigureAwait(false);
            await Task.Delay(reply.Delay, timeProvider, stopping).ConfigureAwait(false);
        }

        for (var i = 0; i < reply.Repetitions; i++)
        {
            for (var rest = reply.Bytes; !rest.IsEmpty;)
            {
                if (_output.WrittenCount > MaxUnsent) await FlushAsync().ConfigureAwait(false);
                if (reply.IsTrickled) await PauseAsync(reply.PieceInterval).ConfigureAwait(false);
                var piece = rest[..Math.Min(reply.PieceLength, rest.Length)];
                _output.Write(piece.Span);
                rest = rest[piece.Length..];
            }
        }
    }

    public async ValueTask FlushAsync()
    {
        if (_output.WrittenCount == 0) return;
        await WriteAsync(_output.WrittenMemory).ConfigureAwait(false);
        _output.ResetWrittenCount();
    }

    /// <summary>Says something the client has not asked for, and perhaps closes; the reply must be <see cref="SmtpReply.IsImmediate"/>.</summary>
    /// <returns>Whether the connection was still there.</returns>
    public async Task<bool> InterjectAsync(SmtpReply reply)
    {
        NoteReply(reply);
        try
        {
            if (!reply.Bytes.IsEmpty) await WriteAsync(reply.Bytes).ConfigureAwait(false);
            Close(reply.Ending);
            return true;
        }
        catch (Exception exception) when (IsLoss(exception))
        {
            return false;
        }
    }

    /// <summary>Does what a reply ends with; where it returns, the conversation is over.</summary>
    public async ValueTask EndAsync(SmtpReply reply)
    {
        await FlushAsync().ConfigureAwait(false);
        if (reply.BytesBeforeEnding > 0) await Input.SkipAsync(reply.BytesBeforeEnding).ConfigureAwait(false);
        if (reply.Ending is SmtpReplyEnding.Silence) await Input.SkipAsync(long.MaxValue).ConfigureAwait(false);
        if (reply.Ending is SmtpReplyEnding.Stall) await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(false);
        Close(reply.Ending);
    }

    public void Dispose()
    {
        _tls?.Dispose();
        _network.Dispose();
    }

    private void Close(SmtpReplyEnding ending)
    {
        if (ending is SmtpReplyEnding.Close) socket.Shutdown(SocketShutdown.Both);
        if (ending is SmtpReplyEnding.Reset) socket.Close(0);
    }

    private async ValueTask PauseAsync(TimeSpan interval)
    {
        if (_output.WrittenCount == 0) return;
        await FlushAsync().ConfigureAwait(false);
        await Task.Delay(interval, timeProvider, stopping).ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await _writing.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            await Stream.WriteAsync(bytes).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    private void NoteReply(SmtpReply reply)
    {
        foreach (var line in reply.ToString().Split("\r\n")) Note(SmtpSpeaker.Server, line);
    }
}
