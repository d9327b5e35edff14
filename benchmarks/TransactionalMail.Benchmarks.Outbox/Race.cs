using System.Globalization;

namespace TransactionalMail.Benchmarks.Outbox;

/// <summary>Who takes part, and what was measured of them, round by round.</summary>
/// <param name="Name">Who it is.</param>
/// <param name="IsOurs">Whether it is this library.</param>
/// <param name="RunAsync">Runs it for a while on a database of its own. Returns mails a second.</param>
internal sealed record Contestant(string Name, bool IsOurs, Func<TimeSpan, Task<double>> RunAsync)
{
    public List<double> Results { get; } = [];
}

/// <summary>Lets contestants run in turn, so that what else the machine does meets them all, and prints medians and the ratios of each round.</summary>
internal sealed class Race(string title, params IReadOnlyList<Contestant> contestants)
{
    /// <summary>Long enough for the runtime to compile anew what is called often: it goes on for some 20 s of our enqueueing, which is there three times.</summary>
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(8);

    public async Task RunAsync(int rounds, TimeSpan duration)
    {
        foreach (var contestant in contestants) await contestant.RunAsync(s_warmUp);
        for (var round = 0; round < rounds; round++)
        {
            // Whoever was first is last next time.
            foreach (var contestant in contestants.Skip(round % contestants.Count).Concat(contestants.Take(round % contestants.Count)))
            {
                GC.Collect();
                contestant.Results.Add(await contestant.RunAsync(duration));
            }
        }

        Print();
    }

    private void Print()
    {
        var rivals = contestants.Where(static c => !c.IsOurs).ToArray();
        Console.WriteLine();
        Console.WriteLine(title);
        Console.WriteLine(Line($"  {"",-44} {"mails/s",9} {"least",9} {"most",9}", rivals.Select(static (_, i) => $"{"x " + (char)('a' + i),-18}")));
        var letter = 'a';
        foreach (var contestant in contestants)
        {
            var name = contestant.IsOurs ? contestant.Name : $"{letter++}) {contestant.Name}";
            var ratios = contestant.IsOurs ? rivals.Select(r => Ratio(contestant, r)) : [];
            Console.WriteLine(Line($"  {name,-44} {Show(Median(contestant.Results))} {Show(contestant.Results.Min())} {Show(contestant.Results.Max())}", ratios));
        }
    }

    private static string Ratio(Contestant ours, Contestant rival)
    {
        double[] ratios = [.. ours.Results.Zip(rival.Results, static (o, r) => o / r)];
        return string.Create(CultureInfo.InvariantCulture, $"{$"{Median(ratios):0.0} ({ratios.Min():0.0}-{ratios.Max():0.0})",-18}");
    }

    private static string Line(string begin, IEnumerable<string> ratios) => $"{begin}   {string.Join(' ', ratios)}".TrimEnd();

    private static string Show(double perSecond) => perSecond.ToString("N0", CultureInfo.InvariantCulture).PadLeft(9);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
