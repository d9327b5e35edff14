using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using TransactionalMail.Audit;
using TransactionalMail.EntityFrameworkCore.Audit;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;

namespace TransactionalMail.EntityFrameworkCore.Tests.Audit;

/// <summary>What goes beyond the port, and is the same on every database.</summary>
public abstract class SharedAuditTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private TestDatabase? _database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected TestDatabase Database => _database!;

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
    public async Task Two_processes_that_record_at_once_extend_one_chain()
    {
        await using var first = TestMail.Create(Database);
        await using var second = TestMail.Create(Database);
        await Task.WhenAll(AppendAsync(first), AppendAsync(second));

        var found = await first.AuditAdmin.VerifyAsync(cancellationToken: Ct);

        found.Faults.Should().BeEmpty();
        found.Seal.Number.Should().Be(2_000);
        var numbers = await second.AuditAdmin.FindAsync(new(), Ct).Select(static r => r.Number).ToListAsync(Ct);
        numbers.Should().Equal(Enumerable.Range(1, 2_000).Select(static n => (long)n));

        static Task AppendAsync(TestMail mail) => Task.Run(async () =>
        {
            foreach (var batch in Enumerable.Range(0, 1_000).Select(Event).Chunk(20)) (await mail.Audit.AppendAsync(batch, Ct)).Should().HaveCount(20);
        });
    }

    [Fact]
    public async Task An_event_that_two_processes_are_told_at_once_is_new_to_one_of_them()
    {
        await using var first = TestMail.Create(Database);
        await using var second = TestMail.Create(Database);
        MailEvent[] events = [.. Enumerable.Range(0, 300).Select(Event)];

        var recorded = await Task.WhenAll(
            Task.Run(() => first.Audit.AppendAsync(events, Ct).AsTask(), Ct), Task.Run(() => second.Audit.AppendAsync([.. events.Reverse()], Ct).AsTask(), Ct));

        recorded.SelectMany(static r => r).Select(static e => e.EventId).Should().BeEquivalentTo(events.Select(static e => e.EventId));
        (await first.AuditAdmin.VerifyAsync(cancellationToken: Ct)).Should().Match<AuditVerification>(static v => v.IsIntact && v.Seal.Number == 300);
    }

    [Theory]
    [InlineData("UPDATE r SET \"Event\" = REPLACE(\"Event\", 'primary', 'backup') WHERE \"Number\" = 5", 5, "changed")]
    [InlineData("UPDATE r SET \"Event\" = REPLACE(\"Event\", 'MailAccepted', 'MailDelivered') WHERE \"Number\" = 5", 5, "changed")]
    [InlineData("UPDATE r SET \"Event\" = 'nonsense' WHERE \"Number\" = 5", 5, "changed")]
    [InlineData("UPDATE r SET \"Event\" = REPLACE(\"Event\", '\"version\":1', '\"version\":2') WHERE \"Number\" = 5", 5, "changed")]
    [InlineData("UPDATE r SET \"OccurredAt\" = \"OccurredAt\" + 1 WHERE \"Number\" = 5", 5, "changed")]
    [InlineData("UPDATE r SET \"MailId\" = \"EventId\" WHERE \"Number\" = 5", 5, "changed")]
    [InlineData("UPDATE r SET \"Hash\" = '00' WHERE \"Number\" = 5", 5, "changed")]
    [InlineData("UPDATE r SET \"PersonalData\" = REPLACE(\"PersonalData\", 'ada-5@', 'eve-5@'), \"Recipient\" = 'eve-5@example.com' WHERE \"Number\" = 5", 5, "personal data was changed")]
    [InlineData("UPDATE r SET \"PersonalData\" = '[]' WHERE \"Number\" = 5", 5, "changed")]
    [InlineData("UPDATE r SET \"PersonalData\" = NULL, \"Recipient\" = NULL WHERE \"Number\" = 5", 5, "personal data was changed")]
    [InlineData("UPDATE r SET \"Salt\" = NULL WHERE \"Number\" = 5", 5, "although that was erased")]
    [InlineData("UPDATE r SET \"Recipient\" = 'eve@example.com' WHERE \"Number\" = 5", 5, "columns")]
    [InlineData("UPDATE r SET \"TemplateName\" = NULL WHERE \"Number\" = 5", 5, "columns")]
    [InlineData("UPDATE r SET \"Tags\" = 'other' WHERE \"Number\" = 5", 5, "columns")]
    [InlineData("DELETE FROM r WHERE \"Number\" = 5", 6, "missing")]
    [InlineData("DELETE FROM r WHERE \"Number\" = 1", 2, "missing")]
    [InlineData("DELETE FROM r WHERE \"Number\" = 10", 10, "missing")]
    [InlineData("UPDATE r SET \"Number\" = 0 - \"Number\" WHERE \"Number\" = 5", -5, "wrong place")]
    [InlineData("UPDATE r SET \"Number\" = 0 WHERE \"Number\" = 5; UPDATE r SET \"Number\" = 5 WHERE \"Number\" = 6; UPDATE r SET \"Number\" = 6 WHERE \"Number\" = 0", 5, "changed")]
    [InlineData("DELETE FROM r WHERE \"Number\" = 5; UPDATE r SET \"Number\" = 5 WHERE \"Number\" = 6; UPDATE r SET \"Number\" = 6 WHERE \"Number\" = 10", 5, "changed")]
    public async Task Whatever_is_done_to_the_table_by_hand_is_found(string sql, long number, string problem)
    {
        ArgumentNullException.ThrowIfNull(sql);
        await using var mail = TestMail.Create(Database);
        await mail.Audit.AppendAsync([.. Enumerable.Range(1, 10).Select(Event)], Ct);
        var seal = (await mail.AuditAdmin.VerifyAsync(cancellationToken: Ct)).Seal;

        (await Database.ExecuteAsync(sql.Replace(" r ", " \"MailAuditRecord\" ", StringComparison.Ordinal))).Should().BePositive();

        var found = await mail.AuditAdmin.VerifyAsync(seal, Ct);
        found.IsIntact.Should().BeFalse();
        found.Faults[0].Number.Should().Be(number);
        found.Faults.Should().Contain(f => f.Number == number && f.Problem.Contains(problem));
        found.Faults.Should().OnlyContain(f => f.Number == number || f.Number > number, "what stands before is as it was");
    }

    [Fact]
    public async Task Verifies_an_audit_of_many_pages_and_finds_the_one_that_was_changed()
    {
        await using var mail = TestMail.Create(Database);
        await mail.Audit.AppendAsync([.. Enumerable.Range(1, 1_750).Select(Event)], Ct);
        (await mail.AuditAdmin.VerifyAsync(cancellationToken: Ct)).IsIntact.Should().BeTrue();

        await Database.ExecuteAsync("UPDATE \"MailAuditRecord\" SET \"TemplateName\" = 'other' WHERE \"Number\" = 1001");

        (await mail.AuditAdmin.VerifyAsync(cancellationToken: Ct)).Faults.Should().ContainSingle().Which.Number.Should().Be(1_001);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_named_when_somebody_asks_for_it()
    {
        await using var mail = TestMail.Create(Database);
        MailEvent[] events = [Event(1), Event(2)];
        await mail.Audit.AppendAsync(events, Ct);
        await Database.ExecuteAsync("UPDATE \"MailAuditRecord\" SET \"Event\" = 'nonsense' WHERE \"Number\" = 1");

        var reading = async () => await mail.Audit.ReadAsync(events[0].MailId, Ct).ToListAsync(Ct);

        await reading.Should().ThrowAsync<MailDatabaseException>().WithMessage("Record 1 *VerifyAsync*");
        (await mail.Audit.ReadAsync(events[1].MailId, Ct).ToListAsync(Ct)).Should().ContainSingle();
    }

    [Fact]
    public async Task Erased_is_what_the_table_no_longer_holds_anywhere_P03()
    {
        await using var mail = TestMail.Create(Database);
        await mail.Audit.AppendAsync([Event(1) with { Recipient = new EmailAddress("mallory@example.com", "Mallory"), Metadata = new Dictionary<string, string> { ["customer"] = "mallory-7" } }, Event(2)], Ct);
        (await DumpAsync()).Should().Contain("mallory@").And.Contain("\"Mallory\"").And.Contain("mallory-7");

        (await mail.AuditAdmin.EraseAsync("mallory@example.com", Ct)).Should().Be(1);

        (await DumpAsync()).Should().NotContainEquivalentOf("mallory").And.Contain("ada-2@example.com");
        (await mail.AuditAdmin.VerifyAsync(cancellationToken: Ct)).Faults.Should().BeEmpty();
    }

    [Theory]
    [InlineData("100%")]
    [InlineData("a_b")]
    [InlineData("Order!")]
    [InlineData("a\0b\ud83d")]
    [InlineData("two\nlines")]
    public async Task Tags_and_templates_are_found_whatever_characters_they_have(string name)
    {
        await using var mail = TestMail.Create(Database);
        var wanted = Event(1) with { Tags = ["first", name], TemplateName = name };
        await mail.Audit.AppendAsync([wanted, Event(2) with { Tags = ["1000", "axb", "order!", "a"], TemplateName = "axb" }], Ct);

        var read = name.Contains('\ud83d', StringComparison.Ordinal) ? name.Replace('\ud83d', '\ufffd') : name;
        (await mail.AuditAdmin.FindAsync(new() { Tag = read }, Ct).ToListAsync(Ct)).Should().ContainSingle().Which.Event.EventId.Should().Be(wanted.EventId);
        (await mail.AuditAdmin.FindAsync(new() { TemplateName = read }, Ct).ToListAsync(Ct)).Should().ContainSingle().Which.Event.EventId.Should().Be(wanted.EventId);
        (await mail.AuditAdmin.VerifyAsync(cancellationToken: Ct)).Faults.Should().BeEmpty();
    }

    [Fact]
    public async Task Erased_whole_or_not_at_all_while_others_record()
    {
        await using var first = TestMail.Create(Database);
        await using var second = TestMail.Create(Database);
        var mailId = MailId.New(s_noon);

        await Task.WhenAll(
            Task.Run(async () => { for (var i = 0; i < 20; i++) await first.Audit.AppendAsync([Event(i) with { MailId = mailId, Recipient = "eve@example.com" }], Ct); }, Ct),
            Task.Run(async () => { for (var i = 0; i < 20; i++) await second.AuditAdmin.EraseAsync("eve@example.com", Ct); }, Ct));
        await second.AuditAdmin.EraseAsync("eve@example.com", Ct);

        (await first.AuditAdmin.VerifyAsync(cancellationToken: Ct)).Should().Match<AuditVerification>(static v => v.IsIntact && v.Seal.Number == 20);
        (await first.AuditAdmin.FindAsync(new(), Ct).ToListAsync(Ct)).Should().OnlyContain(static r => r.IsErased);
    }

    private protected abstract Task<TestDatabase> CreateAsync();

    private static MailEvent Event(int i) => new MailAccepted
    {
        MailId = MailId.New(s_noon),
        StreamName = "receipts",
        TemplateName = "order",
        TransportName = "primary",
        Recipient = string.Create(CultureInfo.InvariantCulture, $"ada-{i}@example.com"),
        OccurredAt = s_noon,
        Attempt = 1,
        Tags = ["order"],
        Metadata = new Dictionary<string, string> { ["order"] = "1042" },
    };

    private async Task<string> DumpAsync()
    {
        await using var context = Database.CreateContext<ShopContext>();
        var lines = await context.Set<MailAuditRecord>().AsNoTracking().ToListAsync(Ct);
        return string.Join('\n', lines.Select(static r => JsonSerializer.Serialize(r, s_plain))).Replace("\\\"", "\"", StringComparison.Ordinal);
    }
}
