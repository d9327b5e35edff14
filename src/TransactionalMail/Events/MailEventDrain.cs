using Microsoft.Extensions.Hosting;

namespace TransactionalMail.Events;

/// <summary>Lets handlers see every event before a host that stops disposes the container they come from.</summary>
/// <remarks>It acts when all other hosted services have stopped, so that nobody sends any more.</remarks>
internal sealed class MailEventDrain(MailEventDispatcher dispatcher) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await dispatcher.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The host's time is up; the dispatcher says what is left when it is disposed.
        }
    }
}
