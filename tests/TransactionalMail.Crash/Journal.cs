using System.Globalization;
using System.Text;

namespace TransactionalMail.Crash;

/// <summary>What happened, outside the database: each line is on the disk before the writer goes on. Thread-safe.</summary>
internal sealed class Journal(string path) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    /// <summary>Somebody is about to enqueue a mail.</summary>
    public void Tried(Letter letter) => Write(JournalLine.Tried, $"{letter}");

    /// <summary>The library took custody of a mail.</summary>
    public void Acknowledged(Letter letter, MailId id) => Write(JournalLine.Acknowledged, $"{letter} {id.Value:N}");

    /// <summary>The provider has a mail.</summary>
    public void HandedOver(Letter letter, MailId id, string messageId) => Write(JournalLine.HandedOver, $"{letter} {id.Value:N} {messageId}");

    /// <summary>The broker has confirmed a mail.</summary>
    public void Carried(Letter letter, MailId id) => Write(JournalLine.Carried, $"{letter} {id.Value:N}");

    /// <summary>The outbox knows that a mail was handed over.</summary>
    public void Marked(Letter letter, MailId id) => Write(JournalLine.Marked, $"{letter} {id.Value:N}");

    /// <summary>Everything up to a batch has been delivered.</summary>
    public void Drained(int batch) => Write(JournalLine.Drained, batch.ToString(CultureInfo.InvariantCulture));

    /// <summary>The process dies next: whoever comes to write another line waits for that.</summary>
    public void Fired(int batch, string hit, Action die)
    {
        lock (_lock)
        {
            Append(JournalLine.Fired, string.Create(CultureInfo.InvariantCulture, $"{batch} {hit}"));
            die();
        }
    }

    public static IReadOnlyList<JournalLine> Read(string path) =>
        File.Exists(path) ? [.. File.ReadLines(path).Select(JournalLine.Parse)] : [];

    public void Dispose() => _file.Dispose();

    private void Write(string kind, string rest)
    {
        lock (_lock) Append(kind, rest);
    }

    private void Append(string kind, string rest)
    {
        _file.Write(Encoding.ASCII.GetBytes($"{kind} {rest}\n"));
        _file.Flush(flushToDisk: true);
    }
}
