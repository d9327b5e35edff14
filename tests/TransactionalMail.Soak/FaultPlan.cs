namespace TransactionalMail.Soak;

/// <summary>Decides which mail meets which fault: the same for the same seed, in every process.</summary>
/// <param name="seed">The seed.</param>
/// <param name="percent">How many of a hundred mails meet one.</param>
/// <param name="quiet">The first mails, which meet none.</param>
internal sealed class FaultPlan(int seed, double percent, int quiet)
{
    private static readonly Fault[] s_lots = [.. Fault.All.SelectMany(static f => Enumerable.Repeat(f, f.Weight))];

    public FaultPlan(SoakArguments arguments)
        : this(arguments.Seed, arguments.Faults, arguments.WarmUp)
    {
    }

    /// <summary>Returns the fault a mail meets, or <see langword="null"/>.</summary>
    public Fault? Of(int index)
    {
        if (index < quiet) return null;
        var drawn = Scatter(((ulong)seed << 32) | (uint)index);
        if ((drawn >> 11) / (double)(1UL << 53) >= percent / 100) return null;
        return s_lots[Scatter(drawn) % (ulong)s_lots.Length];
    }

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): <see cref="Random"/> promises no sequence across versions.</summary>
    private static ulong Scatter(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
