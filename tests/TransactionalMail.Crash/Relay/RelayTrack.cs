using TransactionalMail.Crash.Judging;
using TransactionalMail.Crash.Points;

namespace TransactionalMail.Crash.Relay;

/// <summary>A database and queues on which relay after relay dies, each followed by one that clears up.</summary>
/// <param name="database">The database, empty.</param>
/// <param name="queues">The queues.</param>
internal sealed class RelayTrack(TrackDatabase database, RelayQueues queues)
{
    /// <summary>Kills one application while it relays, lets the next one clear up, and returns what came of it.</summary>
    public async Task<RelayVerdict> RunAsync(CrashPoint point, Receiver receiver, int batch)
    {
        var (relayed, sent) = (database.PathOf($"relayed{batch}"), database.PathOf($"sent{batch}"));
        var order = new RelayOrder(relayed, database.Kind, database.ConnectionString, queues, batch, point.Hit);
        List<string> faults = [];
        using (var journal = new Journal(sent))
        {
            var worker = await RelayWorker.StartAsync(queues, journal, batch);
            await EndAsync(order, Child.Killed, faults);
            await worker.DrainAsync();
            if (receiver is Receiver.Another)
            {
                await worker.DisposeAsync();
                worker = await RelayWorker.StartAsync(queues, journal, batch);
            }

            await EndAsync(order with { Hit = null }, RelayLife.Lived, faults);
            await worker.DrainAsync();
            await worker.DisposeAsync();
            if (await RelayWorker.CountAsync(queues, journal) is > 0 and var left) faults.Add($"{left} messages were left in the queues");
        }

        return RelayJudge.Of(point, receiver, Journal.Read(relayed), Journal.Read(sent), faults);
    }

    private static async Task EndAsync(RelayOrder order, int expected, List<string> faults)
    {
        var (code, error) = await Child.RunAsync(order.ToArguments());
        if (code != expected) faults.Add($"process {order.Batch} ended with {code}. {error}");
    }
}
