using System.Globalization;

namespace TransactionalMail.Soak;

/// <summary>What was asked for on the command line.</summary>
internal sealed record SoakArguments
{
    public const string Usage = """
        TransactionalMail.Soak [--messages 100000] [--faults 5] [--seed 1] [--warm-up 5000]
        TransactionalMail.Soak --attachment
        TransactionalMail.Soak --throughput [--messages 20000]
        """;

    public SoakMode Mode { get; init; }

    /// <summary>Gets how many mails are judged.</summary>
    public int Messages { get; init; } = 100_000;

    /// <summary>Gets how many of a hundred mails meet a fault.</summary>
    public double Faults { get; init; } = 5;

    /// <summary>Gets what decides which mail meets which fault.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Gets how many mails go ahead without faults, so that everything that is bounded is full before memory is measured.</summary>
    /// <value>The default fills the audit in memory, which holds 10,000 events. With 0, memory is not judged.</value>
    public int WarmUp { get; init; } = 5_000;

    /// <summary>Returns the arguments, or <see langword="null"/> where they make no sense.</summary>
    public static SoakArguments? Parse(string[] args)
    {
        var parsed = new SoakArguments();
        for (var i = 0; i < args.Length; i++)
        {
            if (WithMode(parsed, args[i]) is { } mode) parsed = mode;
            else if (i + 1 < args.Length && WithNumber(parsed, args[i], args[++i]) is { } number) parsed = number;
            else return null;
        }

        return parsed;
    }

    /// <summary>Returns what <see cref="Parse"/> reads, for a relay that knows the same plan.</summary>
    public IEnumerable<string> ToRelay() =>
    [
        "--relay",
        "--messages", Messages.ToString(CultureInfo.InvariantCulture),
        "--faults", Faults.ToString(CultureInfo.InvariantCulture),
        "--seed", Seed.ToString(CultureInfo.InvariantCulture),
        "--warm-up", WarmUp.ToString(CultureInfo.InvariantCulture),
    ];

    private static SoakArguments? WithMode(SoakArguments arguments, string name) => name switch
    {
        "--attachment" => arguments with { Mode = SoakMode.Attachment },
        "--throughput" => arguments with { Mode = SoakMode.Throughput, Messages = 20_000 },
        "--relay" => arguments with { Mode = SoakMode.Relay },
        _ => null,
    };

    private static SoakArguments? WithNumber(SoakArguments arguments, string name, string value)
    {
        if (!double.TryParse(value, CultureInfo.InvariantCulture, out var number) || number is < 0 or > int.MaxValue) return null;
        return name switch
        {
            "--messages" => arguments with { Messages = (int)number },
            "--faults" => arguments with { Faults = number },
            "--seed" => arguments with { Seed = (int)number },
            "--warm-up" => arguments with { WarmUp = (int)number },
            _ => null,
        };
    }
}
