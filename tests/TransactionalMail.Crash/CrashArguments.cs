using System.Globalization;

namespace TransactionalMail.Crash;

/// <summary>What was asked for on the command line.</summary>
internal sealed record CrashArguments
{
    public const string Usage = """
        TransactionalMail.Crash [--short] [--repetitions 25] [--parallel 4] [--points part-of-a-name] [--database Sqlite|PostgreSql]
        TransactionalMail.Crash --relay [--short] [--repetitions 25] [--parallel 4] [--points part-of-a-name] [--database Sqlite|PostgreSql]
        TransactionalMail.Crash --processes [--mails 20000]
        TransactionalMail.Crash --outage [--mails 100000] [--database Sqlite|PostgreSql]
        """;

    public CrashMode Mode { get; init; }

    /// <summary>Gets how often the application is killed at each point of each database.</summary>
    public int Repetitions { get; init; } = 25;

    /// <summary>Gets how many databases are worked on at once. Most of a life is waiting for the dead one's leases to end.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>Gets how many mails the modes without kills take; <see langword="null"/> is their own number.</summary>
    public int? Mails { get; init; }

    /// <summary>Gets a part of the names of the points; <see langword="null"/> is all.</summary>
    public string? Points { get; init; }

    public IReadOnlyList<DatabaseKind> Kinds { get; init; } = [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    /// <summary>Returns the arguments, or <see langword="null"/> where they make no sense.</summary>
    public static CrashArguments? Parse(string[] args)
    {
        var parsed = new CrashArguments();
        for (var i = 0; i < args.Length; i++)
        {
            if (WithMode(parsed, args[i]) is { } mode) parsed = mode;
            else if (i + 1 < args.Length && WithValue(parsed, args[i], args[++i]) is { } value) parsed = value;
            else return null;
        }

        return parsed;
    }

    private static CrashArguments? WithMode(CrashArguments arguments, string name) => name switch
    {
        "--short" => arguments with { Repetitions = 1 },
        "--processes" => arguments with { Mode = CrashMode.Processes },
        "--relay" => arguments with { Mode = CrashMode.Relay },
        "--outage" => arguments with { Mode = CrashMode.Outage },
        _ => null,
    };

    private static CrashArguments? WithValue(CrashArguments arguments, string name, string value)
    {
        if (name is "--points") return arguments with { Points = value };
        if (name is "--database") return Enum.TryParse<DatabaseKind>(value, ignoreCase: true, out var kind) ? arguments with { Kinds = [kind] } : null;
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0) return null;
        return name switch
        {
            "--repetitions" => arguments with { Repetitions = number },
            "--parallel" => arguments with { Parallel = number },
            "--mails" => arguments with { Mails = number },
            _ => null,
        };
    }
}
