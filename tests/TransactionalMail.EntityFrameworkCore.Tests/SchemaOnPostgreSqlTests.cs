using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests;

public sealed class SchemaOnPostgreSqlTests(PostgreSqlServer server) : SchemaTests
{
    private protected override async Task<TestDatabase> CreateAsync() => await PostgreSqlDatabase.CreateAsync(server);
}
