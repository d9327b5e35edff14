using System.Data.Common;
using System.Threading.Channels;
using TransactionalMail.Benchmarks.Outbox.Databases;

namespace TransactionalMail.Benchmarks.Outbox.Contestants;

/// <summary>What grouping alone comes to on this machine: bare inserts on one connection, and a commit for all that wait.</summary>
internal static class BareGroupCommit
{
    private const int Most = 256;

    public static async Task<double> InsertAsync(ShopDatabase database, int callers, TimeSpan duration)
    {
        await using var connection = database.CreateConnection();
        await connection.OpenAsync();
        var waiting = Channel.CreateUnbounded<(byte[] Payload, TaskCompletionSource Stored)>(new() { SingleReader = true });
        var writing = Task.Run(() => WriteAsync(connection, waiting.Reader));
        var perSecond = await Callers.RunAsync(callers, duration, () =>
        {
            var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Writer.TryWrite((Letters.ToBytes(Letters.Next()), stored));
            return stored.Task;
        });
        waiting.Writer.Complete();
        await writing;
        return perSecond;
    }

    private static async Task WriteAsync(DbConnection connection, ChannelReader<(byte[] Payload, TaskCompletionSource Stored)> waiting)
    {
        var group = new List<(byte[] Payload, TaskCompletionSource Stored)>();
        await using var one = BareTable.CreateInsert(connection);
        while (await waiting.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < Most && waiting.TryRead(out var next)) group.Add(next);
            await using (var transaction = await connection.BeginTransactionAsync())
            {
                if (connection.CanCreateBatch) await InsertAtOnceAsync(connection, transaction, group);
                else await InsertEachAsync(one, transaction, group);
                await transaction.CommitAsync();
            }

            foreach (var (_, stored) in group) stored.SetResult();
        }
    }

    /// <summary>Sends all inserts before it waits for an answer.</summary>
    private static async Task InsertAtOnceAsync(DbConnection connection, DbTransaction transaction, List<(byte[] Payload, TaskCompletionSource Stored)> group)
    {
        await using var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var (payload, _) in group) batch.BatchCommands.Add(BareTable.CreateInsert(batch.CreateBatchCommand(), payload));
        await batch.PrepareAsync();
        await batch.ExecuteNonQueryAsync();
    }

    private static async Task InsertEachAsync(DbCommand insert, DbTransaction transaction, List<(byte[] Payload, TaskCompletionSource Stored)> group)
    {
        insert.Transaction = transaction;
        foreach (var (payload, _) in group)
        {
            BareTable.Fill(insert, payload);
            await insert.ExecuteNonQueryAsync();
        }
    }
}
