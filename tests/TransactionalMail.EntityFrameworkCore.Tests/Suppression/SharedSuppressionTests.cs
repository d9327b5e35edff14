using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests.Suppression;

/// <summary>What goes beyond the port, and is the same on every database.</summary>
public abstract class SharedSuppressionTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_since = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    private TestDatabase? _database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await CreateAsync();
        await _database.CreateTablesAsync<ShopContext>();
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_one_process_adds_every_other_finds_at_once()
    {
        await using var first = TestMail.Create(_database!);
        await using var second = TestMail.Create(_database!);
        (await second.Suppressions.FindAsync(["ada@example.com"], "default", Ct)).Should().BeEmpty();

        await first.Suppressions.AddAsync(Entry("ada@example.com"), Ct);

        (await second.Suppressions.FindAsync(["ada@example.com"], "default", Ct)).Should().ContainSingle();
    }

    [Fact]
    public async Task Processes_that_import_the_same_in_another_order_at_once_add_each_entry_once()
    {
        await using var first = TestMail.Create(_database!);
        await using var second = TestMail.Create(_database!);
        SuppressionEntry[] entries = [.. Enumerable.Range(0, 2_500).Select(static i => Entry($"reader-{i}@example.com"))];

        var added = await Task.WhenAll(
            Task.Run(() => first.SuppressionAdmin.ImportAsync(entries, Ct).AsTask(), Ct),
            Task.Run(() => second.SuppressionAdmin.ImportAsync([.. entries.Reverse()], Ct).AsTask(), Ct));

        added.Sum().Should().Be(2_500);
        (await _database!.CountAsync("MailSuppression")).Should().Be(2_500);
    }

    [Fact]
    public async Task An_import_that_fails_on_its_last_entry_adds_none()
    {
        await using var mail = TestMail.Create(_database!);
        await _database!.ExecuteAsync("CREATE UNIQUE INDEX no_two_alike ON \"MailSuppression\" (\"Diagnostic\")");

        var importing = async () => await mail.SuppressionAdmin.ImportAsync(
            [.. Enumerable.Range(0, 1_500).Select(static i => Entry($"a-{i:D4}@example.com") with { Diagnostic = $"{i}" }), Entry("z@example.com") with { Diagnostic = "7" }], Ct);

        (await importing.Should().ThrowAsync<MailDatabaseException>()).Which.IsTransient.Should().BeFalse();
        (await _database.CountAsync("MailSuppression")).Should().Be(0);
    }

    [Fact]
    public async Task Whatever_a_server_says_is_stored()
    {
        await using var mail = TestMail.Create(_database!);

        await mail.Suppressions.AddAsync(Entry("ada@example.com") with { Diagnostic = "a\0b\ud83dc😀\udc00" }, Ct);

        (await mail.Suppressions.FindAsync(["ada@example.com"], "default", Ct)).Should().ContainSingle().Which.Diagnostic.Should().Be("a b\ufffdc😀\ufffd");
    }

    [Fact]
    public async Task Two_spellings_of_one_recipient_both_learn_of_it()
    {
        await using var mail = TestMail.Create(_database!);
        await mail.Suppressions.AddAsync(Entry("ada@example.com"), Ct);

        (await mail.Suppressions.FindAsync(["Ada+news@example.com", "ada@example.com"], "default", Ct)).Select(static e => e.Recipient.Address).Should().BeEquivalentTo("Ada+news@example.com", "ada@example.com");
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_does_not_look_empty()
    {
        await using var mail = TestMail.Create(_database!);
        await mail.Suppressions.AddAsync(Entry("ada@example.com"), Ct);
        await _database!.ExecuteAsync("UPDATE \"MailSuppression\" SET \"Reason\" = 'FromTheFuture'");
        var finding = async () => await mail.Suppressions.FindAsync(["ada@example.com"], "default", Ct);

        await finding.Should().ThrowAsync<MailDatabaseException>().WithMessage("*later release*");

        await _database.ExecuteAsync("DROP TABLE \"MailSuppression\"");
        (await finding.Should().ThrowAsync<MailDatabaseException>().WithMessage("*migration*")).Which.IsTransient.Should().BeFalse();
    }

    private protected abstract Task<TestDatabase> CreateAsync();

    private static SuppressionEntry Entry(string recipient) => new() { Recipient = recipient, Reason = SuppressionReason.HardBounce, Since = s_since };
}
