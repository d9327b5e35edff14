using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Wakes the delivery when a context commits mail. Thread-safe.</summary>
/// <remarks>It asks for the signal only then: a context must be had where mail is not configured, for migrations for instance.</remarks>
internal sealed class CommitInterceptor(IServiceProvider services) : SaveChangesInterceptor, IDbTransactionInterceptor
{
    private readonly ConditionalWeakTable<DbContext, HashSet<string>> _noted = [];

    /// <summary>Notes that a context has mail to save. It stays noted when a transaction is rolled back, for the context may save it in the next one.</summary>
    public void Note(DbContext context, string streamName) => _noted.GetOrCreateValue(context).Add(streamName);

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        WakeUnlessInTransaction(eventData.Context);
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        WakeUnlessInTransaction(eventData.Context);
        return ValueTask.FromResult(result);
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Wake(eventData.Context);

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Wake(eventData.Context);
        return Task.CompletedTask;
    }

    /// <remarks>A transaction that nobody tells us the end of, a <c>TransactionScope</c> or one begun elsewhere, is left to the next look.</remarks>
    private void WakeUnlessInTransaction(DbContext? context)
    {
        if (context?.Database.CurrentTransaction is null) Wake(context);
    }

    private void Wake(DbContext? context)
    {
        if (context is null || !_noted.TryGetValue(context, out var streams)) return;
        _noted.Remove(context);
        var signal = services.GetRequiredService<IOutboxSignal>();
        foreach (var stream in streams) signal.Wake(stream);
    }
}
