using TransactionalMail.Conformance;
using TransactionalMail.EntityFrameworkCore.Suppression;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests.Suppression;

[ConformanceOf<EntityFrameworkSuppressionList>]
public sealed class PostgreSqlSuppressionTests(PostgreSqlServer server) : SuppressionConformance, IAsyncLifetime
{
    private PostgreSqlDatabase? _database;
    private TestMail? _mail;

    protected override ISuppressionList List => _mail!.Suppressions;

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
