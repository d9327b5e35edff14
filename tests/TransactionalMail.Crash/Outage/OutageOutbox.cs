using Microsoft.Extensions.DependencyInjection;

namespace TransactionalMail.Crash.Outage;

/// <summary>An outbox in which mail piles up, on the clock that is moved by hand.</summary>
/// <remarks>
/// A database leases and holds mail by its own clock. That clock is moved, too, by a function of the same name that the database finds before its own:
/// no row is moved and no delay is shortened, and the library asks for the time with the statements that it always uses.
/// </remarks>
internal abstract class OutageOutbox : IAsyncDisposable
{
    /// <summary>Gets what the table calls it.</summary>
    public abstract string Name { get; }

    /// <summary>Gets whether nothing is asked of it at the moment.</summary>
    public virtual bool IsIdle => true;

    /// <summary>Gets how much of the heap a number of mails that wait may take, garbage excluded.</summary>
    public abstract long MostHeap(int mails);

    /// <summary>Makes what it needs.</summary>
    public virtual Task PrepareAsync() => Task.CompletedTask;

    public virtual void Register(IServiceCollection services, TransactionalMailBuilder mail)
    {
    }

    /// <summary>Sets its clock.</summary>
    public virtual Task SetClockAsync(DateTimeOffset now) => Task.CompletedTask;

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
