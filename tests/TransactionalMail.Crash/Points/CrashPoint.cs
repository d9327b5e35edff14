namespace TransactionalMail.Crash.Points;

/// <summary>A place in the application where it is killed.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Scenario">What the application does meanwhile.</param>
/// <param name="Hit">The place, as the parts that watch the application call it.</param>
/// <param name="MaySendTwice">Whether a mail may be handed over and not be marked yet: then it is handed over once more.</param>
internal sealed record CrashPoint(string Name, Scenario Scenario, string Hit, bool MaySendTwice = false)
{
    /// <summary>Gets every point, in the order of a mail's life.</summary>
    public static IReadOnlyList<CrashPoint> All { get; } =
    [
        new("schema: before the first table", Scenario.Schema, "schema:before-table"),
        new("schema: between two tables", Scenario.Schema, "schema:after-table"),
        new("schema: before the commit", Scenario.Schema, "schema:before-commit"),
        new("schema: after the commit", Scenario.Schema, "schema:after-commit"),
        new("enqueue: while prepared", Scenario.Flow, "prepare"),
        new("enqueue: before the outbox", Scenario.Flow, "add:called"),
        new("enqueue: transaction begun", Scenario.Flow, "add:begun"),
        new("enqueue: key taken", Scenario.Flow, "add:after-keys"),
        new("enqueue: mail inserted", Scenario.Flow, "add:after-mails"),
        new("enqueue: attachment inserted", Scenario.Flow, "add:after-attachments"),
        new("enqueue: before the commit", Scenario.Flow, "add:before-commit"),
        new("enqueue: after the commit", Scenario.Flow, "add:after-commit"),
        new("enqueue: outbox answered", Scenario.Flow, "add:returned"),
        new("enqueue: caller answered", Scenario.Flow, "enqueued"),
        new("enqueue: acknowledged", Scenario.Flow, "acknowledged"),
        new("group: inserts of some callers", Scenario.Group, "group:inserted"),
        new("group: before the commit", Scenario.Group, "group:before-commit"),
        new("group: after the commit", Scenario.Group, "group:after-commit"),
        new("claim: transaction begun", Scenario.Flow, "claim:begun"),
        new("claim: before the statement", Scenario.Flow, "claim:before-command"),
        new("claim: before the commit", Scenario.Flow, "claim:before-commit"),
        new("claim: after the commit", Scenario.Flow, "claim:after-commit"),
        new("claim: leases in hand", Scenario.Flow, "claim:returned"),
        new("send: before the suppression list", Scenario.Flow, "suppression:before"),
        new("send: after the suppression list", Scenario.Flow, "suppression:after"),
        new("send: before the provider", Scenario.Flow, "send:before"),
        new("send: bytes written, not handed over", Scenario.Flow, "send:inside"),
        new("send: handed over, no answer yet", Scenario.Flow, "send:handed-over", MaySendTwice: true),
        new("send: renewing, not handed over", Scenario.SlowBefore, "renew:before-command"),
        new("send: renewing, before the commit", Scenario.SlowBefore, "renew:before-commit"),
        new("send: renewed, not handed over", Scenario.SlowBefore, "renew:after-commit"),
        new("send: renewing, handed over", Scenario.SlowAfter, "renew:before-commit", MaySendTwice: true),
        new("send: audit", Scenario.Flow, "event:audit", MaySendTwice: true),
        new("send: event handler", Scenario.Flow, "event:handler", MaySendTwice: true),
        new("mark: before the outbox", Scenario.Flow, "mark:called", MaySendTwice: true),
        new("mark: before the statement", Scenario.Flow, "mark:before-command", MaySendTwice: true),
        new("mark: before the commit", Scenario.Flow, "mark:before-commit", MaySendTwice: true),
        new("mark: after the commit", Scenario.Flow, "mark:after-commit"),
        new("mark: marked", Scenario.Flow, "mark:returned"),
        new("put off: before the statement", Scenario.Down, "reschedule:before-command"),
        new("put off: before the commit", Scenario.Down, "reschedule:before-commit"),
        new("put off: after the commit", Scenario.Down, "reschedule:after-commit"),
        new("dead letter: before the statement", Scenario.Refusal, "dead-letter:before-command"),
        new("dead letter: before the commit", Scenario.Refusal, "dead-letter:before-commit"),
        new("dead letter: after the commit", Scenario.Refusal, "dead-letter:after-commit"),
        new("key purge: before the statement", Scenario.Purge, "purge:before-command"),
        new("key purge: before the commit", Scenario.Purge, "purge:before-commit"),
        new("key purge: after the commit", Scenario.Purge, "purge:after-commit"),
        new("stop: mail in hand handed over", Scenario.Stop, "send:stopping", MaySendTwice: true),
        new("stop: releasing, before the statement", Scenario.Stop, "reschedule:before-command"),
        new("stop: releasing, before the commit", Scenario.Stop, "reschedule:before-commit"),
        new("stop: released, after the commit", Scenario.Stop, "reschedule:after-commit"),
    ];
}
