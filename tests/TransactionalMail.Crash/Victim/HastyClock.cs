namespace TransactionalMail.Crash.Victim;

/// <summary>The system's clock, but what happens every few minutes happens at once.</summary>
internal sealed class HastyClock : TimeProvider
{
    private static readonly TimeSpan s_rare = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_often = TimeSpan.FromMilliseconds(50);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        period >= s_rare ? base.CreateTimer(callback, state, s_often, s_often) : base.CreateTimer(callback, state, dueTime, period);
}
