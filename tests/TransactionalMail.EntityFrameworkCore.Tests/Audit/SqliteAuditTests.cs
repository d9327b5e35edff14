using TransactionalMail.Conformance;
using TransactionalMail.EntityFrameworkCore.Audit;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests.Audit;

[ConformanceOf<EntityFrameworkMailAudit>]
public sealed class SqliteAuditTests : AuditConformance, IAsyncLifetime
{
    private readonly SqliteDatabase _database = new();
    private readonly TestMail _mail;

    public SqliteAuditTests() => _mail = TestMail.Create(_database);

    protected override IMailAudit Audit => _mail.Audit;

    public async ValueTask InitializeAsync() => await _database.CreateTablesAsync<ShopContext>();

    public async ValueTask DisposeAsync()
    {
        await _mail.DisposeAsync();
        await _database.DisposeAsync();
    }
}
