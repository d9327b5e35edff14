using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests;

public sealed class SchemaOnSqliteTests : SchemaTests
{
    private protected override Task<TestDatabase> CreateAsync() => Task.FromResult<TestDatabase>(new SqliteDatabase());
}
