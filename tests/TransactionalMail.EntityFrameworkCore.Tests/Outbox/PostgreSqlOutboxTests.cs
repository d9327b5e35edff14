using TransactionalMail.Conformance;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Tests.Outbox;

/// <summary>The statements are those of production; only the server's clock is the test's.</summary>
[ConformanceOf<EntityFrameworkOutbox>]
public sealed class PostgreSqlOutboxTests(PostgreSqlServer server) : OutboxConformance, IAsyncLifetime
{
    private PostgreSqlDatabase? _database;
    private TestOutbox? _outbox;

    protected override IMailOutbox Outbox => _outbox!.Outbox;

    protected override IOutboxAdmin Admin => _outbox!.Admin;

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
