using System.Globalization;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>The waits that queues of fixed time to live provide. A longer one is made of several: the mail comes back, and goes to the next step.</summary>
/// <remarks>
/// One queue for each step, because a queue ends its messages in order: in a queue of mixed times, a mail of a minute would wait behind one of an hour.
/// A mail passes at most three times through each step but the longest, and is late by less than the shortest.
/// </remarks>
internal static class DelaySteps
{
    public static IReadOnlyList<TimeSpan> All { get; } = [.. Enumerable.Range(0, 8).Select(static i => TimeSpan.FromMilliseconds(250 * Math.Pow(4, i)))];

    /// <summary>Returns the longest step that does not last too long, or the shortest of all.</summary>
    public static TimeSpan For(TimeSpan wait) => All.LastOrDefault(step => step <= wait, All[0]);

    public static string NameOf(TimeSpan step) => string.Create(CultureInfo.InvariantCulture, $"{(long)step.TotalMilliseconds}ms");
}
