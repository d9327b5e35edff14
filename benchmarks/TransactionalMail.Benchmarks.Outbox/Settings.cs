using System.Globalization;

namespace TransactionalMail.Benchmarks.Outbox;

/// <summary>What to measure: <c>--rounds 5 --seconds 2 --mails 20000 --only sqlite,enqueue</c>.</summary>
internal sealed record Settings(int Rounds, TimeSpan Duration, int Mails, string[] Only)
{
    public static Settings Read(string[] arguments)
    {
        return new Settings(Number("--rounds", 5), TimeSpan.FromSeconds(Number("--seconds", 2)), Number("--mails", 20_000), Text("--only")?.Split(',') ?? []);

        int Number(string name, int otherwise) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

        string? Text(string name) => Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
    }

    public bool Wants(string database, string race) =>
        Only.Length == 0 || ((Only.Contains(database) || !Only.Any(static o => o is "sqlite" or "postgresql" or "rabbitmq")) && (Only.Contains(race) || !Only.Any(static o => o is "enqueue" or "drain")));
}
