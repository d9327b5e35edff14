using System.Globalization;
using TransactionalMail.Crash.Points;

namespace TransactionalMail.Crash.Victim;

/// <summary>What a child process is told.</summary>
/// <param name="JournalPath">Where it writes what happened.</param>
/// <param name="Kind">The kind of database.</param>
/// <param name="ConnectionString">The database.</param>
/// <param name="Batch">The number of this life of the application.</param>
/// <param name="Point">Where it dies; <see langword="null"/> lets it live.</param>
internal sealed record VictimOrder(string JournalPath, DatabaseKind Kind, string ConnectionString, int Batch, CrashPoint? Point)
{
    public const string Command = "--victim";

    public IEnumerable<string> ToArguments() =>
        [Command, JournalPath, Kind.ToString(), ConnectionString, Batch.ToString(CultureInfo.InvariantCulture), Point?.Name ?? "-"];

    public static VictimOrder Parse(string[] args) => new(
        args[1], Enum.Parse<DatabaseKind>(args[2]), args[3], int.Parse(args[4], CultureInfo.InvariantCulture), CrashPoint.All.SingleOrDefault(p => p.Name == args[5]));
}
