using System.Globalization;

namespace TransactionalMail.Crash.Relay;

/// <summary>What a child process is told that enqueues and relays.</summary>
/// <param name="JournalPath">Where it writes what happened.</param>
/// <param name="Kind">The kind of database.</param>
/// <param name="ConnectionString">The database.</param>
/// <param name="Queues">The queues.</param>
/// <param name="Batch">The number of the kill.</param>
/// <param name="Hit">Where it dies; <see langword="null"/> lets it live, and clear up.</param>
internal sealed record RelayOrder(string JournalPath, DatabaseKind Kind, string ConnectionString, RelayQueues Queues, int Batch, string? Hit)
{
    public const string Command = "--relaying";

    public IEnumerable<string> ToArguments() =>
        [Command, JournalPath, Kind.ToString(), ConnectionString, Queues.Broker.OriginalString, Queues.Prefix, Batch.ToString(CultureInfo.InvariantCulture), Hit ?? "-"];

    public static RelayOrder Parse(string[] args) => new(
        args[1], Enum.Parse<DatabaseKind>(args[2]), args[3], new RelayQueues(new Uri(args[4]), args[5]), int.Parse(args[6], CultureInfo.InvariantCulture), args[7] is "-" ? null : args[7]);
}
