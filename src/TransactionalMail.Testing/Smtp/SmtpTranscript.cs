namespace TransactionalMail.Testing;

/// <summary>The commands and replies a <see cref="LocalSmtpServer"/> has seen, without credentials and without content. Thread-safe.</summary>
/// <remarks>
/// A client's line is written down before its reply is sent, so a client that has its reply finds both here.
/// Only the latest <see cref="LocalSmtpServerOptions.TranscriptCapacity"/> lines are kept.
/// </remarks>
public sealed class SmtpTranscript
{
    private readonly Queue<SmtpTranscriptLine> _lines = new();
    private readonly int _capacity;

    internal SmtpTranscript(int capacity) => _capacity = capacity;

    /// <summary>Gets a snapshot of all lines, oldest first.</summary>
    public IReadOnlyList<SmtpTranscriptLine> Lines
    {
        get
        {
            lock (_lines) return [.. _lines];
        }
    }

    /// <summary>Gets a snapshot of what clients sent: <c>server.Transcript.Commands.Should().Equal("EHLO client", "QUIT")</c>.</summary>
    public IReadOnlyList<string> Commands => Said(SmtpSpeaker.Client);

    /// <summary>Gets a snapshot of what the server replied, line by line.</summary>
    public IReadOnlyList<string> Replies => Said(SmtpSpeaker.Server);

    /// <summary>Returns all lines, one below the other.</summary>
    public override string ToString() => string.Join(Environment.NewLine, Lines);

    internal void Add(int connectionId, SmtpSpeaker speaker, string text)
    {
        if (_capacity == 0) return;
        lock (_lines)
        {
            if (_lines.Count == _capacity) _lines.Dequeue();
            _lines.Enqueue(new SmtpTranscriptLine(connectionId, speaker, text));
        }
    }

    internal void Clear()
    {
        lock (_lines) _lines.Clear();
    }

    private string[] Said(SmtpSpeaker speaker) => [.. Lines.Where(line => line.Speaker == speaker).Select(line => line.Text)];
}
