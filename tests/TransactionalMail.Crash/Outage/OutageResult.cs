namespace TransactionalMail.Crash.Outage;

/// <summary>What an outage did to one outbox.</summary>
internal sealed record OutageResult
{
    /// <summary>The most attempts in the whole hour: one probe after the other, ever further apart.</summary>
    public const int MostAttempts = 200;

    /// <summary>How much the heap may grow while nothing comes in and nothing goes out: a share of it, and what a runtime does for itself.</summary>
    private const double MostGrowth = 0.05;
    private const long MostGrowthOfAll = 1 << 20;

    public required string Outbox { get; init; }

    /// <summary>Gets how many mails were enqueued.</summary>
    public required int Mails { get; init; }

    /// <summary>Gets how many of them waited when the provider came back.</summary>
    public required int Waiting { get; init; }

    /// <summary>Gets how long the oldest of them was due then, by the clock of the outbox: an hour, or that clock was another one.</summary>
    public required TimeSpan Age { get; init; }

    public required int Sent { get; init; }

    public required int Twice { get; init; }

    public required int DeadLetters { get; init; }

    /// <summary>Gets how long the mail took once the provider was back, by the clock that is moved.</summary>
    public required TimeSpan Drained { get; init; }

    /// <summary>Gets what the mails that wait take of the heap, a minute after the last came.</summary>
    public required long Queued { get; init; }

    /// <summary>Gets the same at the end of the outage.</summary>
    public required long Later { get; init; }

    /// <summary>Gets how much <see cref="Queued"/> may be.</summary>
    public required long MostHeap { get; init; }

    /// <summary>Gets the most that the heap took, garbage included.</summary>
    public required long PeakHeap { get; init; }

    /// <summary>Gets the largest working set of the process until then.</summary>
    public required long PeakWorkingSet { get; init; }

    public required int AttemptsWhileDown { get; init; }

    /// <summary>Gets the most attempts within a second, while the provider was down.</summary>
    public required int WorstSecondDown { get; init; }

    /// <summary>Gets the most attempts within a second, from then on.</summary>
    public required int WorstSecondUp { get; init; }

    /// <summary>Gets the most mails that the provider had in hand at once.</summary>
    public required int MostInHand { get; init; }

    /// <summary>Gets how long all of it really took.</summary>
    public required TimeSpan Took { get; init; }

    /// <summary>Gets whether everything held.</summary>
    public bool Holds => Waiting == Mails && Age == OutageTrial.Outage && Sent == Mails && Twice == 0 && DeadLetters == 0
        && Queued <= MostHeap && Later - Queued <= MostGrowth * Math.Max(0, Queued) + MostGrowthOfAll
        && AttemptsWhileDown <= MostAttempts && WorstSecondDown <= OutageTrial.Workers + 1
        && MostInHand <= OutageTrial.Workers && WorstSecondUp <= OutageTrial.Pace + OutageTrial.Workers;
}
