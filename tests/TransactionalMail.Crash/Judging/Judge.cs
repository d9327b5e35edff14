using TransactionalMail.Crash.Points;

namespace TransactionalMail.Crash.Judging;

/// <summary>Holds a journal against what the library promises.</summary>
internal static class Judge
{
    /// <summary>Returns a verdict for each kill.</summary>
    /// <param name="points">Where the processes were to die, by their batches.</param>
    /// <param name="lines">What happened, in order.</param>
    /// <param name="ends">What was wrong with the end of each process, and of one more that was to live.</param>
    public static IReadOnlyList<Verdict> Of(IReadOnlyList<CrashPoint> points, IReadOnlyList<JournalLine> lines, IReadOnlyList<string?> ends)
    {
        var batches = lines.ToLookup(static l => l.Batch);
        var verdicts = points.Select((point, batch) => Of(point, batch, [.. batches[batch]], [ends[batch]])).ToArray();

        // Nobody died in the last life; it is proof of what the last kill left.
        var proof = Of(null, points.Count, [.. batches[points.Count]], [ends[^1]]);
        verdicts[^1] += proof;
        return verdicts;
    }

    private static Verdict Of(CrashPoint? point, int batch, JournalLine[] lines, IEnumerable<string?> ends)
    {
        List<string> faults = [.. ends.OfType<string>()];
        var hasFired = point is not null && lines.Any(l => l.Kind is JournalLine.Fired && l.Id == point.Hit);
        if (point is not null && !lines.Any(static l => l.Kind is JournalLine.Drained)) faults.Add($"batch {batch} was not drained");

        var (acknowledged, lost, duplicated) = (0, 0, 0);
        List<int> twice = [];
        foreach (var mail in lines.Where(static l => l.Index >= 0).GroupBy(static l => l.Index))
        {
            var answers = mail.Where(static l => l.Kind is JournalLine.Acknowledged).Select(static l => l.Id).ToHashSet();
            var handed = mail.Where(static l => l.Kind is JournalLine.HandedOver).ToArray();
            acknowledged += answers.Count;
            lost += answers.Count(id => !handed.Any(h => h.Id == id));
            duplicated += Math.Max(0, handed.Length - 1);
            if (handed.Length > 1) twice.Add(mail.Key);
            if (answers.Count != 1) faults.Add($"mail {batch}/{mail.Key} was acknowledged as {answers.Count} mails");
            if (handed.Select(static h => (h.Id, h.MessageId)).Distinct().Count() > 1) faults.Add($"mail {batch}/{mail.Key} was handed over with several identities");
        }

        // One worker, so at most one; and only a mail that was handed over and not marked when the process died.
        var unmarked = hasFired && point!.Worker is not Worker.HasNotSent ? UnmarkedAtDeath(lines) : [];
        if (duplicated > unmarked.Count || duplicated > 1) faults.Add($"batch {batch} has {duplicated} duplicates");
        faults.AddRange(twice.Where(index => !unmarked.Contains(index)).Select(index => $"mail {batch}/{index} was sent twice and had been marked, or had not been sent, when the process died"));
        return new Verdict { Kills = point is null ? 0 : 1, Fired = hasFired ? 1 : 0, Acknowledged = acknowledged, Lost = lost, Duplicated = duplicated, Faults = faults };
    }

    private static HashSet<int> UnmarkedAtDeath(JournalLine[] lines)
    {
        var before = lines.TakeWhile(static l => l.Kind is not JournalLine.Fired).ToArray();
        return [.. before.Where(static l => l.Kind is JournalLine.HandedOver).Select(static l => l.Index).Except(before.Where(static l => l.Kind is JournalLine.Marked).Select(static l => l.Index))];
    }
}
