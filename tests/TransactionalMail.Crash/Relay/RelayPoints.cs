using TransactionalMail.Crash.Points;

namespace TransactionalMail.Crash.Relay;

/// <summary>The places in which an application is killed that carries mail from its outbox to the queues.</summary>
/// <remarks>Here the one who sends is the relay: handed over is what the broker has confirmed, and marked what is gone from the outbox.</remarks>
internal static class RelayPoints
{
    public static IReadOnlyList<CrashPoint> All { get; } =
    [
        new("relay: leased, not published", Scenario.Flow, "claim:returned", Worker.HasNotSent),
        new("relay: confirmed, not removed", Scenario.Flow, "mark:called", Worker.HasSent),
        new("relay: removing, before the statement", Scenario.Flow, "mark:before-command", Worker.HasSent),
        new("relay: removing, before the commit", Scenario.Flow, "mark:before-commit", Worker.HasSent),
        new("relay: removed, after the commit", Scenario.Flow, "mark:after-commit", Worker.HasNotSent),
    ];
}
