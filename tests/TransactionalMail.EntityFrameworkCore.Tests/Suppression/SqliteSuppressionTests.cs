using TransactionalMail.Conformance;
using TransactionalMail.EntityFrameworkCore.Suppression;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests.Suppression;

[ConformanceOf<EntityFrameworkSuppressionList>]
public sealed class SqliteSuppressionTests : SuppressionConformance, IAsyncLifetime
{
    private readonly SqliteDatabase _database = new();
    private readonly TestMail _mail;

    public SqliteSuppressionTests() => _mail = TestMail.Create(_database);

    protected override ISuppressionList List => _mail.Suppressions;

    public async ValueTask InitializeAsync() => await _database.CreateTablesAsync<ShopContext>();

    public async ValueTask DisposeAsync()
    {
        await _mail.DisposeAsync();
        await _database.DisposeAsync();
    }
}
