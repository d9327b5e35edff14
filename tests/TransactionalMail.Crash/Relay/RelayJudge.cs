using TransactionalMail.Crash.Judging;
using TransactionalMail.Crash.Points;

namespace TransactionalMail.Crash.Relay;

/// <summary>Holds what the relay and its workers wrote against what the library promises.</summary>
internal static class RelayJudge
{
    /// <param name="point">Where the relay died.</param>
    /// <param name="receiver">Who got what it had carried and not removed.</param>
    /// <param name="relayed">What happened in the application, in order.</param>
    /// <param name="sent">What the workers handed over.</param>
    /// <param name="ends">What was wrong with the ends of the processes and of the queues.</param>
    public static RelayVerdict Of(CrashPoint point, Receiver receiver, IReadOnlyList<JournalLine> relayed, IReadOnlyList<JournalLine> sent, IEnumerable<string> ends)
    {
        List<string> faults = [.. ends];
        var hasFired = relayed.Any(l => l.Kind is JournalLine.Fired && l.Id == point.Hit);
        var handed = sent.Where(static l => l.Kind is JournalLine.HandedOver).ToLookup(static l => l.Index);
        var (acknowledged, lost) = (0, 0);
        foreach (var mail in relayed.Where(static l => l.Kind is JournalLine.Tried or JournalLine.Acknowledged).GroupBy(static l => l.Index))
        {
            var answers = mail.Where(static l => l.Kind is JournalLine.Acknowledged).Select(static l => l.Id).ToHashSet();
            acknowledged += answers.Count;
            lost += answers.Count(id => !handed[mail.Key].Any(h => h.Id == id));
            if (answers.Count != 1) faults.Add($"mail {mail.Key} was acknowledged as {answers.Count} mails");
        }

        // What it had carried and not removed goes to the queue again, nothing else; another worker sends it again, the same one does not.
        var unremoved = hasFired && point.Worker is Worker.HasSent ? UnremovedAtDeath(relayed) : [];
        var carriedTwice = relayed.Where(static l => l.Kind is JournalLine.Carried).CountBy(static l => l.Index).Where(static c => c.Value > 1).Select(static c => c.Key).ToHashSet();
        var sentTwice = handed.Where(static h => h.Count() > 1).Select(static h => h.Key).ToHashSet();
        if (point.Worker is Worker.HasSent && unremoved.Count == 0) faults.Add("nothing was carried and not removed");
        if (!carriedTwice.SetEquals(unremoved)) faults.Add($"carried twice: {List(carriedTwice)}; carried and not removed: {List(unremoved)}");
        if (!sentTwice.SetEquals(receiver is Receiver.Another ? unremoved : [])) faults.Add($"sent twice: {List(sentTwice)}; carried and not removed: {List(unremoved)}");
        foreach (var mail in handed)
        {
            if (mail.Count() > 2) faults.Add($"mail {mail.Key} was sent {mail.Count()} times");
            if (mail.Select(static h => (h.Id, h.MessageId)).Distinct().Count() > 1) faults.Add($"mail {mail.Key} was sent with several identities");
        }

        var verdict = new Verdict { Kills = 1, Fired = hasFired ? 1 : 0, Acknowledged = acknowledged, Lost = lost, Duplicated = handed.Sum(static h => h.Count() - 1), Faults = faults };
        return new RelayVerdict(verdict, carriedTwice.Count);
    }

    private static HashSet<int> UnremovedAtDeath(IReadOnlyList<JournalLine> lines)
    {
        var before = lines.TakeWhile(static l => l.Kind is not JournalLine.Fired).ToArray();
        return [.. before.Where(static l => l.Kind is JournalLine.Carried).Select(static l => l.Index).Except(before.Where(static l => l.Kind is JournalLine.Marked).Select(static l => l.Index))];
    }

    private static string List(HashSet<int> mails) => mails.Count == 0 ? "none" : string.Join(' ', mails.Order());
}
