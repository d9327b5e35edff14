namespace TransactionalMail.Crash.Points;

/// <summary>A place in the application where it is killed.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Scenario">What the application does meanwhile.</param>
/// <param name="Hit">The place, as the parts that watch the application call it.</param>
/// <param name="Worker">Where the one who sends is then.</param>
internal sealed record CrashPoint(string Name, Scenario Scenario, string Hit, Worker Worker)
{
    /// <summary>Gets every point, in the order of a mail's life.</summary>
    public static IReadOnlyList<CrashPoint> All { get; } =
    [
        new("migration: before the first table", Scenario.Migration, "migration:before-table", Worker.HasNotSent),
        new("migration: between two tables", Scenario.Migration, "migration:after-table", Worker.HasNotSent),
        new("migration: before it counts as done", Scenario.Migration, "migration:before-history", Worker.HasNotSent),
        new("migration: before the commit", Scenario.Migration, "migration:before-commit", Worker.HasNotSent),
        new("migration: after the commit", Scenario.Migration, "migration:after-commit", Worker.HasNotSent),
        new("enqueue: while prepared", Scenario.Flow, "prepare", Worker.IsAnywhere),
        new("enqueue: before the outbox", Scenario.Flow, "add:called", Worker.IsAnywhere),
        new("enqueue: transaction begun", Scenario.Flow, "add:begun", Worker.IsAnywhere),
        new("enqueue: key taken", Scenario.Flow, "add:after-keys", Worker.IsAnywhere),
        new("enqueue: mail inserted", Scenario.Flow, "add:after-mails", Worker.IsAnywhere),
        new("enqueue: content inserted", Scenario.Flow, "add:after-contents", Worker.IsAnywhere),
        new("enqueue: before the commit", Scenario.Flow, "add:before-commit", Worker.IsAnywhere),
        new("enqueue: after the commit", Scenario.Flow, "add:after-commit", Worker.IsAnywhere),
        new("enqueue: outbox answered", Scenario.Flow, "add:returned", Worker.IsAnywhere),
        new("enqueue: caller answered", Scenario.Flow, "enqueued", Worker.IsAnywhere),
        new("enqueue: acknowledged", Scenario.Flow, "acknowledged", Worker.IsAnywhere),
        new("group: inserts of some callers", Scenario.Group, "group:inserted", Worker.IsAnywhere),
        new("group: before the commit", Scenario.Group, "group:before-commit", Worker.IsAnywhere),
        new("group: after the commit", Scenario.Group, "group:after-commit", Worker.IsAnywhere),
        new("claim: transaction begun", Scenario.Flow, "claim:begun", Worker.IsAnywhere),
        new("claim: before the statement", Scenario.Flow, "claim:before-command", Worker.IsAnywhere),
        new("claim: leased, not read", Scenario.Flow, "claim:after-command", Worker.IsAnywhere),
        new("claim: before the commit", Scenario.Flow, "claim:before-commit", Worker.IsAnywhere),
        new("claim: after the commit", Scenario.Flow, "claim:after-commit", Worker.IsAnywhere),
        new("claim: leases in hand", Scenario.Flow, "claim:returned", Worker.IsAnywhere),
        new("send: before the suppression list", Scenario.Flow, "suppression:before", Worker.HasNotSent),
        new("send: after the suppression list", Scenario.Flow, "suppression:after", Worker.HasNotSent),
        new("send: before the provider", Scenario.Flow, "send:before", Worker.HasNotSent),
        new("send: bytes written, not handed over", Scenario.Flow, "send:inside", Worker.HasNotSent),
        new("send: handed over, no answer yet", Scenario.Flow, "send:handed-over", Worker.HasSent),
        new("send: renewing, not handed over", Scenario.SlowBefore, "renew:before-command", Worker.HasNotSent),
        new("send: renewing, before the commit", Scenario.SlowBefore, "renew:before-commit", Worker.HasNotSent),
        new("send: renewed, not handed over", Scenario.SlowBefore, "renew:after-commit", Worker.HasNotSent),
        new("send: renewing, handed over", Scenario.SlowAfter, "renew:before-commit", Worker.HasSent),
        new("send: audit", Scenario.Flow, "event:audit", Worker.IsAnywhere),
        new("send: event handler", Scenario.Flow, "event:handler", Worker.IsAnywhere),
        new("mark: before the outbox", Scenario.Flow, "mark:called", Worker.HasSent),
        new("mark: before the statement", Scenario.Flow, "mark:before-command", Worker.HasSent),
        new("mark: row removed, content not", Scenario.Flow, "mark:after-command", Worker.HasSent),
        new("mark: before the commit", Scenario.Flow, "mark:before-commit", Worker.HasSent),
        new("mark: after the commit", Scenario.Flow, "mark:after-commit", Worker.HasNotSent),
        new("mark: marked", Scenario.Flow, "mark:returned", Worker.HasNotSent),
        new("put off: before the statement", Scenario.Down, "reschedule:before-command", Worker.HasNotSent),
        new("put off: row changed, payload not", Scenario.Down, "reschedule:after-command", Worker.HasNotSent),
        new("put off: before the commit", Scenario.Down, "reschedule:before-commit", Worker.HasNotSent),
        new("put off: after the commit", Scenario.Down, "reschedule:after-commit", Worker.HasNotSent),
        new("dead letter: before the statement", Scenario.Refusal, "dead-letter:before-command", Worker.HasNotSent),
        new("dead letter: before the commit", Scenario.Refusal, "dead-letter:before-commit", Worker.HasNotSent),
        new("dead letter: after the commit", Scenario.Refusal, "dead-letter:after-commit", Worker.HasNotSent),
        new("key purge: before the statement", Scenario.Purge, "purge:before-command", Worker.IsAnywhere),
        new("key purge: before the commit", Scenario.Purge, "purge:before-commit", Worker.IsAnywhere),
        new("key purge: after the commit", Scenario.Purge, "purge:after-commit", Worker.IsAnywhere),
        new("stop: mail in hand handed over", Scenario.Stop, "send:stopping", Worker.HasSent),
        new("stop: releasing, before the statement", Scenario.Stop, "reschedule:before-command", Worker.IsAnywhere),
        new("stop: releasing, before the commit", Scenario.Stop, "reschedule:before-commit", Worker.IsAnywhere),
        new("stop: released, after the commit", Scenario.Stop, "reschedule:after-commit", Worker.IsAnywhere),
    ];
}
