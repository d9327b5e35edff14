using Microsoft.Data.Sqlite;
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

    [Fact]
    public async Task A_database_that_is_locked_for_longer_than_a_call_waits_is_tried_again()
    {
        await using var mail = TestMail.Create(_database, static o => o.LockTimeout = TimeSpan.FromMilliseconds(50));
        var told = new MailDelivered { MailId = default, OccurredAt = DateTimeOffset.UnixEpoch };
        Task<IReadOnlyList<MailEvent>> appending;
        await using (var other = new SqliteConnection(_database.ConnectionString + ";Pooling=False"))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            var adding = async () => await mail.Suppressions.AddAsync(new() { Recipient = "ada@example.com", Reason = SuppressionReason.Manual, Since = DateTimeOffset.UnixEpoch });
            appending = Task.Run(() => mail.Audit.AppendAsync([told], TestContext.Current.CancellationToken).AsTask());
            await adding.Should().ThrowAsync<MailDatabaseException>("the lock outlasts a call");
            appending.IsCompleted.Should().BeFalse();
        }

        (await appending).Should().Equal(told);
    }

    public async ValueTask InitializeAsync() => await _database.CreateTablesAsync<ShopContext>();

    public async ValueTask DisposeAsync()
    {
        await _mail.DisposeAsync();
        await _database.DisposeAsync();
    }
}
