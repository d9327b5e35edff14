using TransactionalMail.Conformance;
using TransactionalMail.Idempotency;

namespace TransactionalMail.Tests.Idempotency;

[ConformanceOf<InMemoryIdempotencyLedger>]
public class InMemoryIdempotencyLedgerTests : IdempotencyConformance
{
    private readonly InMemoryIdempotencyLedger _ledger;

    public InMemoryIdempotencyLedgerTests() => _ledger = new InMemoryIdempotencyLedger(Clock);

    protected override IIdempotencyLedger Ledger => _ledger;
}
