namespace TransactionalMail.Soak;

/// <summary>What became of the mails of a run, by what the relays took.</summary>
internal sealed record Verdict
{
    /// <summary>Gets how many recipients never got a mail that no relay had refused for good.</summary>
    public int Lost { get; private set; }

    /// <summary>Gets how many times a recipient got a mail once more.</summary>
    public int Duplicates { get; private set; }

    /// <summary>Gets how many of these no lost reply explains.</summary>
    public int UnexplainedDuplicates { get; private set; }

    /// <summary>Gets how many mails two relays took for the same recipient.</summary>
    public int Strayed { get; private set; }

    /// <summary>Gets how many recipients got a mail that was refused for them.</summary>
    public int TakenThoughRefused { get; private set; }

    /// <summary>Gets how many mails are among the dead letters though no relay meant it.</summary>
    public int WrongDeadLetters { get; private set; }

    /// <summary>Gets how many mails should be among the dead letters and are not.</summary>
    public int MissingDeadLetters { get; private set; }

    /// <summary>Gets how many mails arrived that nobody had enqueued.</summary>
    public int Strangers { get; private set; }

    /// <summary>Gets whether every mail did what was promised.</summary>
    public bool Holds => this is { Lost: 0, UnexplainedDuplicates: 0, Strayed: 0, TakenThoughRefused: 0, WrongDeadLetters: 0, MissingDeadLetters: 0, Strangers: 0 };

    /// <summary>Judges a run.</summary>
    /// <param name="ids">The identity of each mail, by its number.</param>
    /// <param name="plan">The faults they met.</param>
    /// <param name="tallies">What the relays took.</param>
    /// <param name="deadLetters">What was given up.</param>
    public static Verdict Of(IReadOnlyList<MailId> ids, FaultPlan plan, IReadOnlyList<Tally> tallies, IReadOnlyCollection<MailId> deadLetters)
    {
        var taken = tallies.ToDictionary(static t => t.Id);
        var dead = deadLetters.ToHashSet();
        var verdict = new Verdict { Strangers = taken.Keys.Except(ids).Count(), Strayed = tallies.Count(static t => t.HasStrayed) };
        for (var index = 0; index < ids.Count; index++)
        {
            var fault = plan.Of(index);
            var tally = taken.GetValueOrDefault(ids[index]);
            verdict.Count(tally.First, tally.LostReplies, isRefused: fault is { KillsMail: true });
            verdict.Count(tally.Second, tally.LostReplies, isRefused: fault is { IsPermanent: true });
            if (dead.Contains(ids[index]) && fault is not { KillsMail: true }) verdict.WrongDeadLetters++;
            if (!dead.Contains(ids[index]) && fault is { KillsMail: true }) verdict.MissingDeadLetters++;
        }

        return verdict;
    }

    private void Count(int times, int lostReplies, bool isRefused)
    {
        if (isRefused) TakenThoughRefused += times;
        else if (times == 0) Lost++;
        else Duplicates += times - 1;
        if (!isRefused && times > 1 + lostReplies) UnexplainedDuplicates += times - 1 - lostReplies;
    }
}
