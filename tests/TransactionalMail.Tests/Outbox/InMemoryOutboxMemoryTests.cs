using TransactionalMail.Outbox;

namespace TransactionalMail.Tests.Outbox;

/// <summary>Measures the heap of the process, so that nothing else may run.</summary>
[CollectionDefinition(nameof(InMemoryOutboxMemoryTests), DisableParallelization = true)]
[Collection(nameof(InMemoryOutboxMemoryTests))]
public sealed class InMemoryOutboxMemoryTests
{
    [Fact]
    public async Task Keeps_nothing_of_mails_that_were_delivered_within_one_lease()
    {
        var outbox = SomeOutbox.InMemory(10, Some.Clock());
        await DeliverAsync(outbox, 1_000);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await DeliverAsync(outbox, 100_000);

        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(1_000_000);
        GC.KeepAlive(outbox);
    }

    private static async Task DeliverAsync(InMemoryOutbox outbox, int mails)
    {
        var ct = TestContext.Current.CancellationToken;
        var now = Some.Clock().GetUtcNow();
        var message = Some.Email();
        for (var i = 0; i < mails; i++)
        {
            await outbox.AddAsync([new OutboxEntry { Id = MailId.New(now), StreamName = "default", Message = message, AcceptedAt = now, DueAt = now, Recipients = message.To }], ct);
            await outbox.CompleteAsync(await outbox.LeaseAsync("default", 1, TimeSpan.FromMinutes(2), ct), ct);
        }
    }
}
