namespace TransactionalMail.Crash.Judging;

/// <summary>What a point did to one database, over all its kills.</summary>
internal sealed record Verdict
{
    /// <summary>Gets how many times a process was started to be killed.</summary>
    public int Kills { get; init; }

    /// <summary>Gets how many of them died at the point, by SIGKILL.</summary>
    public int Fired { get; init; }

    /// <summary>Gets how many mails were acknowledged, before a kill or when the caller asked again.</summary>
    public int Acknowledged { get; init; }

    /// <summary>Gets how many acknowledged mails were never handed over.</summary>
    public int Lost { get; init; }

    /// <summary>Gets how many times a mail was handed over once more.</summary>
    public int Duplicated { get; init; }

    /// <summary>Gets what was promised otherwise.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Gets whether everything held.</summary>
    public bool Holds => Kills > 0 && Fired == Kills && Acknowledged > 0 && Lost == 0 && Faults.Count == 0;

    public static Verdict operator +(Verdict one, Verdict other) => new()
    {
        Kills = one.Kills + other.Kills,
        Fired = one.Fired + other.Fired,
        Acknowledged = one.Acknowledged + other.Acknowledged,
        Lost = one.Lost + other.Lost,
        Duplicated = one.Duplicated + other.Duplicated,
        Faults = [.. one.Faults, .. other.Faults],
    };
}
