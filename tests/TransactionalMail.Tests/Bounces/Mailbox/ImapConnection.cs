using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace TransactionalMail.Tests.Bounces.Mailbox;

/// <summary>One client of <see cref="ImapServer"/>.</summary>
internal sealed class ImapConnection(ImapServer server, TcpClient client) : IDisposable
{
    private readonly Channel<bool> _changes = Channel.CreateUnbounded<bool>();
    private readonly List<string> _commands = [];
    private readonly NetworkStream _stream = client.GetStream();
    private readonly StreamReader _reader = new(client.GetStream(), Encoding.Latin1);

    public IReadOnlyList<string> Commands
    {
        get
        {
            lock (_commands) return [.. _commands];
        }
    }

    public void TellOfChange() => _changes.Writer.TryWrite(true);

    public void Drop() => client.Close();

    public async Task ServeAsync()
    {
        try
        {
            await WriteAsync($"* OK [CAPABILITY {server.Capabilities}] ready");
            while (await _reader.ReadLineAsync() is { } line) await AnswerAsync(line);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The client is gone, or was dropped.
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        client.Dispose();
    }

    private async Task AnswerAsync(string line)
    {
        var words = line.Split(' ');
        var (tag, command) = (words[0], words[1].ToUpperInvariant());
        if (command is "UID") command += " " + words[2].ToUpperInvariant();
        lock (_commands) _commands.Add(command);
        switch (command)
        {
            case "LOGIN" when !line.Contains(server.Password, StringComparison.Ordinal):
                await WriteAsync($"{tag} NO [AUTHENTICATIONFAILED] {line} is wrong");
                return;
            case "CAPABILITY":
                await WriteAsync($"* CAPABILITY {server.Capabilities}");
                break;
            case "LIST":
                var name = words[^1].Trim('"');
                await WriteAsync($"* LIST () \"/\" \"{name}\"");
                break;
            case "SELECT":
                var keywords = server.HasKeywords ? " \\*" : "";
                await WriteAsync("* FLAGS (\\Seen \\Deleted)", $"* OK [PERMANENTFLAGS (\\Seen \\Deleted{keywords})] ok", $"* {Inbox.Count} EXISTS", "* 0 RECENT", "* OK [UIDVALIDITY 1] ok", $"* OK [UIDNEXT {server.Messages.Count + 1}] ok", $"{tag} OK [READ-WRITE] ok");
                return;
            case "UID SEARCH":
                await SearchAsync(line);
                break;
            case "UID FETCH":
                await FetchAsync(Message(words[3]));
                break;
            case "UID STORE":
                foreach (var flag in line[(line.IndexOf('(', StringComparison.Ordinal) + 1)..].TrimEnd(')').Split(' ')) Message(words[3])?.Flags.Add(flag);
                break;
            case "UID MOVE":
                await MoveAsync(Message(words[3]), words[4].Trim('"'));
                break;
            case "IDLE":
                await IdleAsync();
                break;
            default:
                break;
        }

        await WriteAsync($"{tag} OK done");
    }

    private IReadOnlyList<ImapMessage> Inbox => server.In("INBOX");

    private ImapMessage? Message(string uid) => Inbox.FirstOrDefault(m => m.Uid == int.Parse(uid, CultureInfo.InvariantCulture));

    private async Task SearchAsync(string line)
    {
        var flag = line.Contains("UNSEEN", StringComparison.OrdinalIgnoreCase) ? "\\Seen" : "$TransactionalMailHandled";
        await WriteAsync("* SEARCH " + string.Join(' ', Inbox.Where(m => !m.Flags.Contains(flag)).Select(static m => m.Uid)));
    }

    private async Task FetchAsync(ImapMessage? message)
    {
        if (message is null) return;
        var content = message.Content.AsMemory(0, Math.Min(message.Content.Length, 1024 * 1024));
        await _stream.WriteAsync(Encoding.Latin1.GetBytes($"* {Number(message)} FETCH (UID {message.Uid} BODY[]<0> {{{content.Length}}}\r\n"));
        await _stream.WriteAsync(content);
        await WriteAsync(")");
    }

    private async Task MoveAsync(ImapMessage? message, string folder)
    {
        if (message is null) return;
        var number = Number(message);
        server.Move(message, folder);
        await WriteAsync($"* OK [COPYUID 1 {message.Uid} {message.Uid}] moved", $"* {number} EXPUNGE");
    }

    private async Task IdleAsync()
    {
        await WriteAsync("+ idling");
        var done = _reader.ReadLineAsync();
        while (!done.IsCompleted)
        {
            using var stop = new CancellationTokenSource();
            var change = _changes.Reader.ReadAsync(stop.Token).AsTask();
            if (await Task.WhenAny(done, change) == change) await WriteAsync($"* {Inbox.Count} EXISTS");
            else await stop.CancelAsync();
        }
    }

    private int Number(ImapMessage message) => Inbox.ToList().IndexOf(message) + 1;

    private async Task WriteAsync(params string[] lines) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(string.Concat(lines.Select(static l => l + "\r\n"))));
}
