using TransactionalMail.Conformance;
using TransactionalMail.EntityFrameworkCore.Audit;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests.Audit;

[ConformanceOf<EntityFrameworkMailAudit>]
public sealed class PostgreSqlAuditTests(PostgreSqlServer server) : AuditConformance, IAsyncLifetime
{
    private PostgreSqlDatabase? _database;
    private TestMail? _mail;

    protected override IMailAudit Audit => _mail!.Audit;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgreSqlDatabase.CreateAsync(server);
        await _database.CreateTablesAsync<ShopContext>();
        _mail = TestMail.Create(_database);
    }

    public async ValueTask DisposeAsync()
    {
        if (_mail is not null) await _mail.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }
}
