using System.Globalization;
using TransactionalMail.Soak.Relay;

namespace TransactionalMail.Soak;

/// <summary>What a run showed.</summary>
internal sealed record SoakFigures
{
    /// <summary>How far the heap at the end may be from the heap at a fifth of the run.</summary>
    private const double LargestGrowth = 0.05;

    public required SoakArguments Arguments { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>Gets how many mails were seen waiting at once.</summary>
    public required int Deepest { get; init; }

    public required Verdict Verdict { get; init; }

    public required int DeadLetters { get; init; }

    /// <summary>Gets how many recipients got a mail without an event that says so; less than 0 where there was an event too many.</summary>
    public required int UntoldRecipients { get; init; }

    public required RelayReport Report { get; init; }

    public required long HeapAtFifth { get; init; }

    public required long HeapAtEnd { get; init; }

    public required long PeakWorkingSet { get; init; }

    /// <summary>Gets whether every claim held.</summary>
    public bool Hold => Verdict.Holds && UntoldRecipients == 0 && Report.Errors.Count == 0 && HeapHolds;

    private bool HeapHolds => Arguments.WarmUp == 0 || Math.Abs(Growth) <= LargestGrowth;

    private double Growth => (HeapAtEnd - HeapAtFifth) / (double)HeapAtFifth;

    public async Task WriteAsync(TextWriter output)
    {
        foreach (var (name, count) in Report.Faults) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {count,7:N0}  {name}"));
        foreach (var error in Report.Errors) await output.WriteLineAsync($"The relay itself failed: {error}");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            messages            {Arguments.Messages:N0} in {Elapsed.TotalSeconds:N1} s, {Arguments.Messages / Elapsed.TotalSeconds:N0} a second (seed {Arguments.Seed}, faults {Arguments.Faults} %, after {Arguments.WarmUp:N0} to warm up)
            waiting at most     {Deepest:N0} of {Application.Capacity:N0}
            lost                {Verdict.Lost}
            duplicates          {Verdict.Duplicates}, without a lost reply {Verdict.UnexplainedDuplicates}, by two relays {Verdict.Strayed}
            dead letters        {DeadLetters}, wrong {Verdict.WrongDeadLetters}, missing {Verdict.MissingDeadLetters}
            taken though refused {Verdict.TakenThoughRefused}, never enqueued {Verdict.Strangers}, without an event {UntoldRecipients}
            heap at 20 %, 100 % {HeapAtFifth / Memory.Megabyte:N2} MB, {HeapAtEnd / Memory.Megabyte:N2} MB ({Growth:+0.0 %;-0.0 %}{(Arguments.WarmUp == 0 ? ", not judged without warm-up" : "")})
            peak working set    {PeakWorkingSet / Memory.Megabyte:N0} MB
            {(Hold ? "Every claim holds." : "A claim fails.")}
            """));
    }
}
