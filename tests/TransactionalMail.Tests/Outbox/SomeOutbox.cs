using Microsoft.Extensions.Options;
using TransactionalMail.Idempotency;
using TransactionalMail.Outbox;

namespace TransactionalMail.Tests.Outbox;

internal static class SomeOutbox
{
    public static InMemoryOutbox InMemory(int capacity, TimeProvider clock) =>
        new(new InMemoryIdempotencyLedger(clock), Options.Create(new TransactionalMailOptions { Outbox = { Capacity = capacity } }), clock);
}
