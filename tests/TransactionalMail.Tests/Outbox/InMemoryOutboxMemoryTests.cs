using TransactionalMail.Outbox;

namespace TransactionalMail.Tests.Outbox;

/// <summary>Measures the heap of the process, so that nothing else may run.</summary>
[CollectionDefinition(nameof(InMemoryOutboxMemoryTests), DisableParallelization = true)]
[Collection(nameof(InMemoryOutboxMemoryTests))]
public sealed class InMemoryOutboxMemoryTests
{
    private static readonly EmailMessage s_message = Some.Email();

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

    [Fact]
    public async Task Keeps_nothing_of_mails_that_were_put_off_and_cancelled_long_before_they_are_due()
    {
        var outbox = SomeOutbox.InMemory(10, Some.Clock());
        await PutOffAsync(outbox, 1_000);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await PutOffAsync(outbox, 50_000);

        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(1_000_000);
        GC.KeepAlive(outbox);
    }

    private static async Task PutOffAsync(InMemoryOutbox outbox, int mails)
    {
        var ct = TestContext.Current.CancellationToken;
        var later = Some.Clock().GetUtcNow().AddDays(30);
        for (var i = 0; i < mails; i++)
        {
            var entry = Entry(later);
            await outbox.AddAsync([entry], ct);
            (await outbox.RescheduleAsync(entry.Id, later.AddDays(1), ct)).Should().BeTrue();
            (await outbox.CancelAsync(entry.Id, ct)).Should().BeTrue();
        }
    }

    private static async Task DeliverAsync(InMemoryOutbox outbox, int mails)
    {
        var ct = TestContext.Current.CancellationToken;
        var now = Some.Clock().GetUtcNow();
        for (var i = 0; i < mails; i++)
        {
            await outbox.AddAsync([Entry(now)], ct);
            await outbox.CompleteAsync(await outbox.LeaseAsync("default", 1, TimeSpan.FromMinutes(2), ct), ct);
        }
    }

    private static OutboxEntry Entry(DateTimeOffset dueAt) => new() { Id = MailId.New(dueAt), StreamName = "default", Message = s_message, AcceptedAt = dueAt, DueAt = dueAt, Recipients = s_message.To };
}
