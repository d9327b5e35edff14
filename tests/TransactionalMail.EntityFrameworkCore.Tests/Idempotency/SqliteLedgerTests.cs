using TransactionalMail.Conformance;
using TransactionalMail.EntityFrameworkCore.Idempotency;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Idempotency;

namespace TransactionalMail.EntityFrameworkCore.Tests.Idempotency;

/// <summary>The statements are those of production; only SQLite's clock is the test's.</summary>
[ConformanceOf<EntityFrameworkIdempotencyLedger>]
public sealed class SqliteLedgerTests : IdempotencyConformance, IAsyncLifetime
{
    private readonly SqliteDatabase _database = new();
    private readonly TestOutbox _outbox;

    public SqliteLedgerTests() => _outbox = TestOutbox.Create(_database, Clock, Clock);

    protected override IIdempotencyLedger Ledger => _outbox.Ledger;

    public async ValueTask InitializeAsync() => await _database.CreateTablesAsync<ShopContext>();

    public async ValueTask DisposeAsync()
    {
        await _outbox.DisposeAsync();
        await _database.DisposeAsync();
    }
}
