using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests.Suppression;

public sealed class SharedSuppressionOnPostgreSqlTests(PostgreSqlServer server) : SharedSuppressionTests
{
    private protected override async Task<TestDatabase> CreateAsync() => await PostgreSqlDatabase.CreateAsync(server);
}
