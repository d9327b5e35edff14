using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TransactionalMail;

/// <summary>Tells which transports are left alone.</summary>
internal sealed class TransportHealthCheck(IMailStatus status) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var transports = status.GetTransports();
        var data = transports.ToDictionary(static t => t.Name, static t => (object)(t.IsAvailable ? "available" : $"left alone for {t.PausedFor.TotalSeconds:0} s after {t.ConsecutiveFailures} failures"), StringComparer.OrdinalIgnoreCase);
        string[] alone = [.. transports.Where(static t => !t.IsAvailable).Select(static t => t.Name)];
        var description = $"Mail does not go to {string.Join(", ", alone)} at the moment.";
        return Task.FromResult(
            alone.Length == 0 ? HealthCheckResult.Healthy(data: data)
            : alone.Length < transports.Count ? HealthCheckResult.Degraded(description, data: data)
            : new HealthCheckResult(context.Registration.FailureStatus, description, data: data));
    }
}
