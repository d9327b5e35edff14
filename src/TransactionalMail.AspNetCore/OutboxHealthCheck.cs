using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using TransactionalMail.Outbox;

namespace TransactionalMail;

/// <summary>Tells whether mail waits too long, piles up, or was given up.</summary>
internal sealed class OutboxHealthCheck(IMailStatus status, IOptions<MailHealthOptions> options, TimeProvider time) : IHealthCheck
{
    private readonly MailHealthOptions _limits = options.Value;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<OutboxDepth> depths;
        try
        {
            depths = await status.GetQueuesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The outbox cannot be read.", failure);
        }

        var now = time.GetUtcNow();
        var data = depths.ToDictionary(static d => d.StreamName, d => (object)$"{d.Waiting} wait, {d.InDelivery} are in delivery, {d.DeadLetters} were given up; the oldest is due for {AgeOf(d, now).TotalSeconds:0} s", StringComparer.OrdinalIgnoreCase);
        string[] late = [.. depths.Where(d => AgeOf(d, now) > _limits.MaxAge).Select(d => $"Mail of stream {d.StreamName} has been due for {AgeOf(d, now):c}.")];
        if (late.Length > 0) return new HealthCheckResult(context.Registration.FailureStatus, string.Join(' ', late), data: data);

        string[] warnings =
        [
            .. depths.Where(d => d.Waiting + d.InDelivery > _limits.MaxDepth).Select(static d => $"{d.Waiting + d.InDelivery} mails of stream {d.StreamName} wait."),
            .. depths.Where(d => d.DeadLetters > _limits.MaxDeadLetters).Select(static d => $"{d.DeadLetters} mails of stream {d.StreamName} were given up; retry or drop them."),
        ];
        return warnings.Length > 0 ? HealthCheckResult.Degraded(string.Join(' ', warnings), data: data) : HealthCheckResult.Healthy(data: data);
    }

    private static TimeSpan AgeOf(OutboxDepth depth, DateTimeOffset now) => depth.OldestDueAt is { } due && due < now ? now - due : TimeSpan.Zero;
}
