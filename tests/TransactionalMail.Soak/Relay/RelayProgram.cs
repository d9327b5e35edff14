using System.Globalization;

namespace TransactionalMail.Soak.Relay;

/// <summary>The relays of a run, in a process of their own, so that memory and garbage of the sender are the sender's alone. Told what to do line by line.</summary>
internal static class RelayProgram
{
    public const string Down = "down";
    public const string Report = "report";
    public const string Done = "done";
    public const string FaultPrefix = "fault ";
    public const string ErrorPrefix = "error ";
    public const string TallyPrefix = "mail ";

    /// <summary>Says its two ports, then obeys until its input ends.</summary>
    public static async Task<int> RunAsync(SoakArguments arguments, TextReader input, TextWriter output)
    {
        var ledger = new Ledger();
        var plan = new FaultPlan(arguments);
        await using var primary = new FaultyRelay(plan, ledger);
        await using var backup = new FaultyRelay(plan, ledger);
        FaultyRelay[] relays = [primary, backup];
        await output.WriteLineAsync(string.Join(' ', relays.Select(static r => r.Port)));
        while (await input.ReadLineAsync() is { } line)
        {
            var command = line.Split(' ');
            if (command[0] is Down) await relays[Number(command[1])].GoDownAsync(TimeSpan.FromMilliseconds(Number(command[2])));
            else if (command[0] is Report) await ReportAsync(ledger, relays, output);
            await output.WriteLineAsync(Done);
        }

        return 0;
    }

    private static async Task ReportAsync(Ledger ledger, FaultyRelay[] relays, TextWriter output)
    {
        foreach (var (name, count) in ledger.Faults) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{FaultPrefix}{count} {name}"));
        foreach (var error in relays.SelectMany(static r => r.Errors)) await output.WriteLineAsync(ErrorPrefix + error.GetType().Name);
        foreach (var tally in ledger.Tallies) await output.WriteLineAsync(TallyPrefix + tally);
    }

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);
}
