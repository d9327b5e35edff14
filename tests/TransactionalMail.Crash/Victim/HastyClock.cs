namespace TransactionalMail.Crash.Victim;

/// <summary>The system's clock, but what happens every few minutes happens at once, and so does what waits half a minute for its first time.</summary>
internal sealed class HastyClock : TimeProvider
{
    private static readonly TimeSpan s_rare = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_often = TimeSpan.FromMilliseconds(50);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period >= s_rare) return base.CreateTimer(callback, state, s_often, s_often);
        return base.CreateTimer(callback, state, dueTime >= s_late && period == Timeout.InfiniteTimeSpan ? s_often : dueTime, period);
    }
}
