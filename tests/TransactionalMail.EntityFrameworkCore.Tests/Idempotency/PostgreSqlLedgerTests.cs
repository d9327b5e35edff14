using TransactionalMail.Conformance;
using TransactionalMail.EntityFrameworkCore.Idempotency;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Idempotency;

namespace TransactionalMail.EntityFrameworkCore.Tests.Idempotency;

/// <summary>The statements are those of production; only the server's clock is the test's.</summary>
[ConformanceOf<EntityFrameworkIdempotencyLedger>]
public sealed class PostgreSqlLedgerTests(PostgreSqlServer server) : IdempotencyConformance, IAsyncLifetime
{
    private PostgreSqlDatabase? _database;
    private TestOutbox? _outbox;

    protected override IIdempotencyLedger Ledger => _outbox!.Ledger;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgreSqlDatabase.CreateAsync(server);
        await _database.CreateTablesAsync<ShopContext>();
        _outbox = TestOutbox.Create(_database, Clock, Clock);
    }

    public async ValueTask DisposeAsync()
    {
        if (_outbox is not null) await _outbox.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }
}
