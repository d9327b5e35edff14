using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Tests.Outbox;

/// <summary>What goes beyond the port, and is the same on every database.</summary>
public abstract class SharedOutboxTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _databaseClock = new(s_start);
    private readonly FakeTimeProvider _machineClock = new(s_start);
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
    public async Task Several_processes_on_one_database_never_share_a_mail_O10()
    {
        await using var first = TestOutbox.Create(Database);
        await using var second = TestOutbox.Create(Database);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? first : second).Outbox.AddAsync(Some.Entries(100), Ct).AsTask()));
        var owners = new ConcurrentDictionary<MailId, int>();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var outbox = (worker % 2 == 0 ? first : second).Outbox;
            while (await outbox.LeaseAsync("default", 1 + worker * 7, Some.Lease, Ct) is { Count: > 0 } leases)
            {
                foreach (var lease in leases) owners.TryAdd(lease.Entry.Id, worker).Should().BeTrue("a mail belongs to one worker");
                (await outbox.CompleteAsync(leases, Ct)).Should().BeEmpty();
            }
        })));

        owners.Should().HaveCount(2_000);
        (await Database.CountAsync("MailOutboxEntry")).Should().Be(0, "what was sent is purged");
    }

    [Fact]
    public async Task A_machine_whose_clock_is_ahead_holds_no_mail_back_O08()
    {
        await using var outbox = Create();
        _machineClock.Advance(TimeSpan.FromDays(3650));
        await outbox.Outbox.AddAsync([Some.Entry(_machineClock.GetUtcNow())], Ct);

        var lease = (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle().Which;
        await outbox.Outbox.RescheduleAsync([lease with { Entry = lease.Entry with { DueAt = _machineClock.GetUtcNow().AddSeconds(30) } }], Ct);

        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().BeEmpty();
        _databaseClock.Advance(TimeSpan.FromSeconds(30));
        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_machine_whose_clock_is_behind_repeats_nothing_early_O08()
    {
        await using var outbox = Create();
        _databaseClock.Advance(TimeSpan.FromHours(1));
        await outbox.Outbox.AddAsync([Some.Entry(_machineClock.GetUtcNow())], Ct);
        var lease = (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct))[0];

        await outbox.Outbox.RescheduleAsync([lease with { Entry = lease.Entry with { DueAt = _machineClock.GetUtcNow().AddSeconds(30) } }], Ct);

        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().BeEmpty("the wait is 30 s, whatever the clocks say");
        _databaseClock.Advance(TimeSpan.FromSeconds(30));
        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_mail_that_is_given_back_is_due_as_before_whatever_the_clocks_say_O08(int hours)
    {
        await using var outbox = Create();
        _databaseClock.Advance(TimeSpan.FromHours(10));
        _machineClock.Advance(TimeSpan.FromHours(10 + hours));
        await outbox.Outbox.AddAsync([Some.Entry(_machineClock.GetUtcNow())], Ct);

        for (var stop = 0; stop < 3; stop++)
        {
            var lease = (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle("somebody else takes it at once").Which;
            lease.Entry.DueAt.Should().BeCloseTo(_machineClock.GetUtcNow(), TimeSpan.FromSeconds(1), "an entry is due by the clock of whoever reads it");
            (await outbox.Outbox.RescheduleAsync([lease], Ct)).Should().BeEmpty();
        }
    }

    [Theory]
    [InlineData(-3650)]
    [InlineData(3650)]
    public async Task A_database_whose_clock_jumps_starves_no_leased_mail_O08(int days)
    {
        await using var before = Create();
        await before.Outbox.AddAsync([Some.Entry(s_start.AddDays(-4000))], Ct);
        var old = (await before.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle().Which;

        var jumped = new FakeTimeProvider(s_start.AddDays(days));
        await using var after = TestOutbox.Create(Database, jumped, _machineClock);

        var taken = (await after.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle().Which;
        taken.Token.Should().BeGreaterThan(old.Token);
        (await before.Outbox.CompleteAsync([old], Ct)).Should().Equal(old);
    }

    [Fact]
    public async Task A_mail_nobody_can_read_is_put_aside_at_once_and_stops_no_other_O09()
    {
        await using var outbox = Create();
        var entries = Enumerable.Range(0, 30).Select(i => Some.Entry(s_start.AddSeconds(-60 + i))).ToArray();
        await outbox.Outbox.AddAsync(entries, Ct);
        await DamageAsync(entries.Take(25).Select(static e => e.Id));

        var leases = await outbox.Outbox.LeaseAsync("default", 3, Some.Lease, Ct);

        leases.Select(static l => l.Entry.Id).Should().Equal(entries.Skip(25).Take(2).Select(static e => e.Id), "it goes on until it finds what can be read");
        var dead = await outbox.Admin.DeadLettersAsync();
        dead.Select(static d => d.Id).Should().Equal(entries.Take(25).Select(static e => e.Id), "they are listed page by page, those due first first");
        dead.Should().OnlyContain(static d => d.LastFailure!.Contains("damaged") && d.Message.To.Count == 0);
        (await outbox.Admin.GetDepthsAsync(Ct)).Should().ContainSingle().Which.Should().Match<OutboxDepth>(static d => d.DeadLetters == 25 && d.InDelivery == 2 && d.Waiting == 3);
        (await outbox.Admin.RetryAsync(dead[0].Id, Ct)).Should().BeTrue();
        (await outbox.Admin.CancelAsync(dead[1].Id, Ct)).Should().BeTrue();
        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().HaveCount(3);
        (await outbox.Admin.DeadLettersAsync()).Should().HaveCount(24);
    }

    [Theory]
    [InlineData("LeaseToken", "9223372036854775807")]
    [InlineData("DueAt", "-9223372036854775808")]
    [InlineData("AcceptedAt", "9223372036854775807")]
    [InlineData("Attempts", "-1")]
    public async Task A_row_with_values_beyond_reason_is_mail_like_any_other_O09(string column, string value)
    {
        await using var outbox = Create();
        OutboxEntry[] entries = [Some.Entry(s_start.AddSeconds(-60)), Some.Entry(s_start.AddSeconds(-30))];
        await outbox.Outbox.AddAsync(entries, Ct);
        await Database.ExecuteAsync($"UPDATE \"MailOutboxEntry\" SET \"{column}\" = {value} WHERE \"LeaseToken\" = 0");

        (await outbox.Admin.GetDepthsAsync(Ct)).Should().ContainSingle().Which.Waiting.Should().Be(2);
        var leases = await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct);

        leases.Select(static l => l.Entry.Id).Should().BeEquivalentTo(entries.Select(static e => e.Id));
        (await outbox.Outbox.CompleteAsync(leases, Ct)).Should().BeEmpty();
    }

    [Fact]
    public async Task What_was_sent_is_kept_as_long_as_the_application_wants_and_not_sent_again()
    {
        await using var outbox = TestOutbox.Create(Database, _databaseClock, _machineClock, static o => o.KeepSentFor = TimeSpan.FromDays(30));
        OutboxEntry[] entries = [.. Enumerable.Range(0, 700).Select(i => i == 0 ? Some.Entry(s_start, "Thank you.", new EmailAttachment("invoice.pdf", new byte[1_000])) : Some.Entry(s_start))];
        await outbox.Outbox.AddAsync(entries, Ct);
        var leases = await outbox.Outbox.LeaseAsync("default", 1_000, Some.Lease, Ct);
        (await outbox.Outbox.CompleteAsync(leases, Ct)).Should().BeEmpty();
        var id = entries[0].Id;

        _databaseClock.Advance(TimeSpan.FromDays(29));
        (await outbox.Outbox.LeaseAsync("default", 1_000, Some.Lease, Ct)).Should().BeEmpty();
        (await outbox.Outbox.CompleteAsync(leases, Ct)).Should().HaveCount(700, "nobody leases them any more");
        (await outbox.Admin.GetDepthsAsync(Ct)).Should().BeEmpty();
        (await outbox.Admin.DeadLettersAsync()).Should().BeEmpty();
        (await outbox.Admin.RetryAsync(id, Ct)).Should().BeFalse();
        (await outbox.Admin.CancelAsync(id, Ct)).Should().BeFalse();
        (await outbox.Admin.RescheduleAsync(id, s_start, Ct)).Should().BeFalse();
        await outbox.ForgetAsync(Ct);
        (await outbox.Admin.FindAsync(id, Ct))!.Message.Attachments.Should().ContainSingle();

        _databaseClock.Advance(TimeSpan.FromDays(1));
        await outbox.ForgetAsync(Ct);
        (await outbox.Admin.FindAsync(id, Ct)).Should().BeNull();
        (await Database.CountAsync("MailOutboxEntry")).Should().Be(0);
        (await Database.CountAsync("MailOutboxContent")).Should().Be(0);
    }

    [Fact]
    public async Task Payload_and_attachments_live_apart_and_go_with_their_mail()
    {
        await using var outbox = Create();
        var content = RandomNumberGenerator.GetBytes(3_000_000);
        OutboxEntry[] entries = [.. Enumerable.Range(0, 3).Select(_ => Some.Entry(s_start, "Thank you.", new("invoice.pdf", content), new("logo.png", Array.Empty<byte>(), "image/png") { ContentId = "logo" }))];
        await outbox.Outbox.AddAsync(entries, Ct);
        (await Database.CountAsync("MailOutboxContent")).Should().Be(9);

        var leases = await outbox.Outbox.LeaseAsync("default", 2, Some.Lease, Ct);
        foreach (var attachments in leases.Select(static l => l.Entry.Message.Attachments))
        {
            attachments.Select(static a => (a.FileName, a.ContentType, a.ContentId)).Should().Equal(("invoice.pdf", "application/pdf", null), ("logo.png", "image/png", "logo"));
            var read = await OutboxPayload.ReadContentsAsync(new EmailMessage { Attachments = attachments }, Ct);
            read.Select(static c => c.Length).Should().Equal(content.Length, 0);
            read[0].Span.SequenceEqual(content).Should().BeTrue();
        }

        await outbox.Outbox.RescheduleAsync([leases[0]], Ct);
        (await Database.CountAsync("MailOutboxContent")).Should().Be(9);
        await outbox.Outbox.CompleteAsync([leases[1]], Ct);
        (await Database.CountAsync("MailOutboxContent")).Should().Be(6);
        (await outbox.Admin.CancelAsync(leases[0].Entry.Id, Ct)).Should().BeTrue();
        (await Database.CountAsync("MailOutboxContent")).Should().Be(3);
    }

    [Fact]
    public async Task A_long_text_takes_little_room_and_reads_back()
    {
        await using var outbox = Create();
        var text = string.Concat(Enumerable.Range(0, 500).Select(static i => $"<tr><td style=\"padding:8px\">Größe {i * 7919}</td></tr>\n"));
        await outbox.Outbox.AddAsync([Some.Entry(s_start, text)], Ct);

        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle().Which.Entry.Message.TextBody.Should().Be(text);
        await using var context = Database.CreateContext<ShopContext>();
        (await context.Database.SqlQuery<int>($"SELECT CAST(LENGTH(\"Content\") AS integer) AS \"Value\" FROM \"MailOutboxContent\"").SingleAsync(Ct)).Should().BeLessThan(text.Length / 2);
    }

    [Fact]
    public async Task Large_mails_are_leased_a_few_at_a_time_and_the_others_left_to_whoever_comes()
    {
        await using var first = Create();
        await using var second = Create();
        var invoice = new byte[5_000_000];
        for (var i = 0; i < 7; i++) await first.Outbox.AddAsync([Some.Entry(s_start, "Thank you.", new EmailAttachment("invoice.pdf", invoice), new EmailAttachment("terms.pdf", new byte[10]))], Ct);

        var few = await first.Outbox.LeaseAsync("default", 100, Some.Lease, Ct);
        var others = await second.Outbox.LeaseAsync("default", 100, Some.Lease, Ct);

        few.Should().HaveCount(4);
        few.Concat(others).Should().OnlyContain(static l => l.Entry.Message.Attachments.Count == 2).And.HaveCount(7).And.OnlyHaveUniqueItems(static l => l.Entry.Id);
        (await first.Outbox.CompleteAsync(few, Ct)).Should().BeEmpty();
        (await first.Outbox.LeaseAsync("default", 100, Some.Lease, Ct)).Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_protected_reads_back_and_is_nowhere_in_clear()
    {
        var key = new ToyKey();
        var plain = Some.Entry(s_start, "in clear");
        await using (var before = Create()) await before.Outbox.AddAsync([plain], Ct);
        await using (var outbox = Create(key.Use))
        {
            await outbox.Outbox.AddAsync([Some.Entry(s_start, "a secret code", new EmailAttachment("secret.txt", "a secret too"u8.ToArray()))], Ct);

            var leases = await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct);
            leases.Select(static l => l.Entry.Message.TextBody).Should().BeEquivalentTo(["in clear", "a secret code"], "what was stored before stays readable");
            await outbox.Outbox.RescheduleAsync(leases, Ct);
        }

        var stored = await DumpAsync();
        stored.Should().NotContain("secret").And.NotContain("ada@example.com").And.NotContain("in clear", "a mail is protected when it is stored again");
    }

    [Fact]
    public async Task Mail_whose_key_is_gone_is_a_dead_letter_until_the_key_is_back()
    {
        var key = new ToyKey();
        await using var outbox = Create(key.Use);
        await outbox.Outbox.AddAsync([Some.Entry(s_start)], Ct);

        key.Failure = new CryptographicException("The key {0123} was not found.");
        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().BeEmpty();

        var dead = (await outbox.Admin.DeadLettersAsync()).Should().ContainSingle().Which;
        dead.LastFailure.Should().Contain("CryptographicException").And.NotContain("0123");
        key.Failure = null;
        (await outbox.Admin.RetryAsync(dead.Id, Ct)).Should().BeTrue();
        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle().Which.Entry.Message.TextBody.Should().Be("Thank you.");
    }

    [Fact]
    public async Task Mail_whose_key_cannot_be_had_now_waits_a_minute()
    {
        var key = new ToyKey();
        await using var outbox = Create(key.Use);
        await outbox.Outbox.AddAsync([Some.Entry(s_start)], Ct);

        key.Failure = new HttpRequestException("The key vault does not answer.");
        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().BeEmpty();

        key.Failure = null;
        (await outbox.Admin.DeadLettersAsync()).Should().BeEmpty();
        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().BeEmpty();
        _databaseClock.Advance(TimeSpan.FromMinutes(1));
        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle();
    }

    [Fact]
    public async Task Mail_whose_key_nobody_has_in_a_day_is_a_dead_letter()
    {
        var key = new ToyKey();
        await using var outbox = Create(key.Use);
        await outbox.Outbox.AddAsync([Some.Entry(s_start)], Ct);
        key.Failure = new HttpRequestException("404: there is no such key.");

        _databaseClock.Advance(TimeSpan.FromHours(23));
        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().BeEmpty();
        (await outbox.Admin.DeadLettersAsync()).Should().BeEmpty();
        _databaseClock.Advance(TimeSpan.FromHours(1));
        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().BeEmpty();

        (await outbox.Admin.DeadLettersAsync()).Should().ContainSingle().Which.LastFailure.Should().Contain("HttpRequestException");
    }

    [Fact]
    public async Task A_process_that_cannot_decrypt_yet_leaves_mail_to_those_that_can()
    {
        await using var old = Create();
        await using var rolledOut = Create(new ToyKey().Use);
        await rolledOut.Outbox.AddAsync([Some.Entry(s_start)], Ct);

        (await old.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().BeEmpty();
        (await old.Admin.DeadLettersAsync()).Should().BeEmpty();

        _databaseClock.Advance(TimeSpan.FromMinutes(1));
        (await rolledOut.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle().Which.Entry.Message.TextBody.Should().Be("Thank you.");
    }

    [Fact]
    public async Task Mail_of_a_later_release_is_left_to_it()
    {
        await using var outbox = Create();
        var entry = Some.Entry(s_start);
        await outbox.Outbox.AddAsync([entry], Ct);
        byte[] later = [.. "{\"version\":2}"u8];
        await using (var context = Database.CreateContext<ShopContext>()) await context.Database.ExecuteSqlAsync($"UPDATE \"MailOutboxContent\" SET \"Content\" = {later}", Ct);

        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().BeEmpty();

        (await outbox.Admin.DeadLettersAsync()).Should().BeEmpty();
        (await outbox.Admin.FindAsync(entry.Id, Ct))!.LastFailure.Should().Contain("version 2");
    }

    [Fact]
    public async Task Mail_whose_key_cannot_be_had_now_is_not_put_off_and_loses_nothing()
    {
        var key = new ToyKey();
        await using var outbox = Create(key.Use);
        var entry = Some.Entry(s_start) with { DueAt = s_start.AddHours(1) };
        await outbox.Outbox.AddAsync([entry], Ct);

        key.Failure = new HttpRequestException("The key vault does not answer.");
        (await outbox.Admin.RescheduleAsync(entry.Id, s_start, Ct)).Should().BeFalse();

        key.Failure = null;
        (await outbox.Admin.RescheduleAsync(entry.Id, s_start, Ct)).Should().BeTrue();
        (await outbox.Outbox.LeaseAsync("default", 10, Some.Lease, Ct)).Should().ContainSingle().Which.Entry.Message.TextBody.Should().Be("Thank you.");
    }

    [Fact]
    public async Task A_key_store_that_does_not_answer_is_not_asked_for_every_mail_under_one_lock()
    {
        var key = new ToyKey();
        await using var outbox = Create(key.Use);
        await outbox.Outbox.AddAsync([.. Enumerable.Range(0, 200).Select(_ => Some.Entry(s_start))], Ct);
        key.Failure = new HttpRequestException("The key vault does not answer.");
        key.Uses = 0;

        (await outbox.Outbox.LeaseAsync("default", 4, Some.Lease, Ct)).Should().BeEmpty();

        key.Uses.Should().BeLessThanOrEqualTo(4);
    }

    [Fact]
    public async Task Of_many_who_add_at_once_each_learns_its_own_fate()
    {
        await using var outbox = Create();
        var known = Some.Entry(s_start);
        await outbox.Outbox.AddAsync([known], Ct);
        var twice = Some.Entry(s_start);

        var adding = Enumerable.Range(0, 64).Select(i => Task.Run(async () =>
        {
            OutboxEntry[] entries = i switch { 7 or 40 => [Some.Entry(s_start), known], 20 or 21 => [twice], _ => [Some.Entry(s_start, "Thank you.", new EmailAttachment("a.txt", new byte[10]))] };
            try
            {
                await outbox.Outbox.AddAsync(entries, Ct);
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        })).ToArray();
        var stored = await Task.WhenAll(adding);

        stored.Index().Where(static s => !s.Item).Select(static s => s.Index).Should().HaveCount(3).And.Contain([7, 40]).And.ContainSingle(static i => i == 20 || i == 21);
        (await outbox.Outbox.LeaseAsync("default", 100, Some.Lease, Ct)).Should().HaveCount(62, "one was there, and 61 callers added one each");
        (await Database.CountAsync("MailOutboxContent")).Should().Be(62 + 60, "each mail has a payload, and those of 60 callers an attachment");
    }

    private protected abstract Task<TestDatabase> CreateAsync();

    private TestOutbox Create(Action<EntityFrameworkOutboxOptions>? configure = null) => TestOutbox.Create(Database, _databaseClock, _machineClock, configure);

    private async Task DamageAsync(IEnumerable<MailId> ids)
    {
        await using var context = Database.CreateContext<ShopContext>();
        foreach (var (i, id) in ids.Index())
        {
            byte[]? damaged = (i % 5) switch { 0 => "{\"version\":1,"u8.ToArray(), 1 => [0x78, 0x5e, 0x21, 0xff], 2 => [0x78, 0xff, 0xff, 0xff], 3 => [0x78], _ => null };
            if (damaged is null) await context.Database.ExecuteSqlAsync($"DELETE FROM \"MailOutboxContent\" WHERE \"EntryId\" = {id.Value}", Ct);
            else await context.Database.ExecuteSqlAsync($"UPDATE \"MailOutboxContent\" SET \"Content\" = {damaged} WHERE \"EntryId\" = {id.Value} AND \"Position\" = 0", Ct);
        }
    }

    private async Task<string> DumpAsync()
    {
        await using var context = Database.CreateContext<ShopContext>();
        var bytes = await context.Database.SqlQuery<byte[]>($"SELECT \"Content\" AS \"Value\" FROM \"MailOutboxContent\"").ToListAsync(Ct);
        bytes.Should().HaveCount(3);
        return string.Concat(bytes.Select(Encoding.Latin1.GetString));
    }

    /// <summary>Turns bits over. It stands for a real cipher, and fails when told to.</summary>
    [Fact]
    public async Task Keys_are_forgotten_once_their_time_is_over_and_not_before_O14()
    {
        await using var outbox = Create();
        await outbox.Outbox.AddAsync([.. Enumerable.Range(0, 1_100).Select(i => Keyed($"order-{i}"))], Ct);
        _databaseClock.Advance(TimeSpan.FromHours(12));
        _machineClock.Advance(TimeSpan.FromHours(12));
        await outbox.Outbox.AddAsync([Keyed("order-later")], Ct);
        await outbox.ForgetAsync(Ct);
        (await Database.CountAsync("MailIdempotencyKey")).Should().Be(1_101);

        _databaseClock.Advance(TimeSpan.FromHours(12));
        await outbox.ForgetAsync(Ct);

        (await Database.CountAsync("MailIdempotencyKey")).Should().Be(1);

        OutboxEntry Keyed(string key)
        {
            var entry = Some.Entry(_machineClock.GetUtcNow());
            return entry with { Message = entry.Message with { IdempotencyKey = key }, ContentHash = "hash" };
        }
    }

    private sealed class ToyKey
    {
        public Exception? Failure { get; set; }

        public int Uses { get; set; }

        public void Use(EntityFrameworkOutboxOptions options)
        {
            options.Protect = static bytes => [.. bytes.Select(static b => (byte)~b)];
            options.Unprotect = bytes =>
            {
                Uses++;
                return Failure is null ? [.. bytes.Select(static b => (byte)~b)] : throw Failure;
            };
        }
    }
}
