using TransactionalMail.Conformance;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Tests.Outbox;

/// <summary>The statements are those of production; only SQLite's clock is the test's.</summary>
[ConformanceOf<EntityFrameworkOutbox>]
public sealed class SqliteOutboxTests : OutboxConformance, IAsyncLifetime
{
    private readonly SqliteDatabase _database = new();
    private readonly TestOutbox _outbox;

    public SqliteOutboxTests() => _outbox = TestOutbox.Create(_database, Clock, Clock);

    protected override IMailOutbox Outbox => _outbox.Outbox;

    protected override IOutboxAdmin Admin => _outbox.Admin;

    public async ValueTask InitializeAsync() => await _database.CreateTablesAsync<ShopContext>();

    public async ValueTask DisposeAsync()
    {
        await _outbox.DisposeAsync();
        await _database.DisposeAsync();
    }
}
