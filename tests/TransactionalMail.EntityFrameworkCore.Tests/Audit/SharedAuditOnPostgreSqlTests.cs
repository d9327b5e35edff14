using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests.Audit;

public sealed class SharedAuditOnPostgreSqlTests(PostgreSqlServer server) : SharedAuditTests
{
    private protected override async Task<TestDatabase> CreateAsync() => await PostgreSqlDatabase.CreateAsync(server);
}
