using TransactionalMail.Suppression;

namespace TransactionalMail.Conformance;

/// <summary>What every <see cref="ISuppressionList"/> does. Inherit it, and make an empty list of that kind.</summary>
public abstract class SuppressionConformance : PortConformance<ISuppressionList>
{
    private static readonly DateTimeOffset s_since = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    /// <summary>Makes an empty list, or returns the one of this test.</summary>
    protected abstract ISuppressionList List { get; }

    private protected sealed override ISuppressionList Implementation => List;

    private ISuppressionAdmin Admin => (ISuppressionAdmin)List;

    [Theory]
    [InlineData("ada@example.com", "Ada.L <ada@EXAMPLE.com>")]
    [InlineData("ada@example.com", "Ada@example.com")]
    [InlineData("\"ada\"@example.com", "ada@example.com")]
    [InlineData("ada@müller.example", "ada@XN--mller-kva.example")]
    [InlineData("jürgen@example.com", "JÜRGEN@example.com")]
    [InlineData("ada@example.com", "ada+receipts@example.com")]
    [InlineData("Ada+News@example.com", "ada@example.com")]
    [InlineData("ada+news@example.com", "ada+receipts+2026@example.com")]
    public async Task Finds_the_recipient_however_the_address_is_written_X02(string added, string asked)
    {
        await List.AddAsync(Entry(added), Ct);

        var found = await FindAsync(asked);

        found.Should().ContainSingle().Which.Recipient.Should().Be((EmailAddress)asked);
    }

    [Theory]
    [InlineData("ada@example.org")]
    [InlineData("ada@mail.example.com")]
    [InlineData("adam@example.com")]
    [InlineData("a%@example.com")]
    [InlineData("_da@example.com")]
    [InlineData("\"ada+news\"@example.org")]
    [InlineData("+ada@example.com")]
    public async Task Finds_nobody_else(string asked)
    {
        await List.AddAsync(Entry("ada@example.com"), Ct);

        (await FindAsync(asked)).Should().BeEmpty();
    }

    [Fact]
    public async Task Finds_the_listed_ones_among_many()
    {
        await List.AddAsync(Entry("ada@example.com"), Ct);
        await List.AddAsync(Entry("grace@example.com"), Ct);
        EmailAddress[] many = [.. Enumerable.Range(0, 2_000).Select(i => (EmailAddress)$"reader-{i}@example.com"), "grace@example.com", "ada@example.com"];

        (await List.FindAsync(many, "default", Ct)).Select(e => e.Recipient.Address).Should().BeEquivalentTo("ada@example.com", "grace@example.com");
        (await List.FindAsync([], "default", Ct)).Should().BeEmpty();
    }

    [Fact]
    public async Task Gives_back_what_was_put_in()
    {
        SuppressionEntry[] entries =
        [
            .. Enum.GetValues<SuppressionReason>().Select(reason => Entry("ada@example.com", reason, "News") with
            {
                Since = new(2026, 11, 24, 10, 0, 0, 123, TimeSpan.FromHours(5.5)),
                Diagnostic = "550 5.1.1 Postfach „ada“ gibt es nicht 😀",
            }),
        ];
        foreach (var entry in entries) await List.AddAsync(entry, Ct);

        (await FindAsync("ada@example.com", "news")).Should().BeEquivalentTo(entries);
    }

    [Fact]
    public async Task An_entry_without_stream_counts_for_every_stream_and_one_with_a_stream_for_that_alone()
    {
        await List.AddAsync(Entry("ada@example.com"), Ct);
        await List.AddAsync(Entry("grace@example.com", SuppressionReason.Unsubscribe, "news"), Ct);

        (await List.FindAsync(["ada@example.com", "grace@example.com"], "News", Ct)).Should().HaveCount(2);
        (await List.FindAsync(["ada@example.com", "grace@example.com"], "receipts", Ct)).Should().ContainSingle().Which.Reason.Should().Be(SuppressionReason.HardBounce);
    }

    [Fact]
    public async Task Adding_again_keeps_the_first_entry()
    {
        await List.AddAsync(Entry("ada@example.com", SuppressionReason.Unsubscribe, "news"), Ct);
        await List.AddAsync(Entry("Ada@Example.com", SuppressionReason.Unsubscribe, "NEWS") with { Since = s_since.AddDays(1), Diagnostic = "again" }, Ct);

        (await FindAsync("ada@example.com", "news")).Should().Equal(Entry("ada@example.com", SuppressionReason.Unsubscribe, "news"));
    }

    [Fact]
    public async Task Removes_one_reason_and_scope_and_no_other()
    {
        await List.AddAsync(Entry("ada@example.com", SuppressionReason.Unsubscribe, "news"), Ct);
        await List.AddAsync(Entry("ada@example.com", SuppressionReason.Unsubscribe), Ct);
        await List.AddAsync(Entry("ada@example.com", SuppressionReason.Complaint), Ct);

        await List.RemoveAsync("ADA@example.com", SuppressionReason.Unsubscribe, "News", Ct);
        (await FindAsync("ada@example.com", "news")).Select(e => e.Reason).Should().BeEquivalentTo([SuppressionReason.Unsubscribe, SuppressionReason.Complaint]);

        await List.RemoveAsync("ada@example.com", SuppressionReason.Unsubscribe, null, Ct);
        await List.RemoveAsync("ada@example.com", SuppressionReason.Complaint, null, Ct);
        await List.RemoveAsync("nobody@example.com", SuppressionReason.Complaint, null, Ct);
        (await FindAsync("ada@example.com", "news")).Should().BeEmpty();
    }

    [Fact]
    public async Task What_was_removed_can_be_added_again()
    {
        await List.AddAsync(Entry("ada@example.com"), Ct);
        await List.RemoveAsync("ada@example.com", SuppressionReason.HardBounce, null, Ct);

        await List.AddAsync(Entry("ada@example.com") with { Since = s_since.AddDays(1) }, Ct);

        (await FindAsync("ada@example.com")).Should().ContainSingle().Which.Since.Should().Be(s_since.AddDays(1));
    }

    [Fact]
    public async Task Loses_nothing_when_many_add_and_remove_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(async () =>
        {
            await List.AddAsync(Entry("ada@example.com", SuppressionReason.Unsubscribe, $"stream-{i}"), Ct);
            if (i % 2 == 0) await List.RemoveAsync("ada@example.com", SuppressionReason.Unsubscribe, $"stream-{i}", Ct);
        }, Ct)));

        for (var i = 0; i < 100; i++) (await FindAsync("ada@example.com", $"stream-{i}")).Should().HaveCount(i % 2);
    }

    [Fact]
    public async Task Keeps_one_entry_when_many_add_the_same_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => List.AddAsync(Entry("ada@example.com"), Ct).AsTask(), Ct)));

        (await FindAsync("ada@example.com")).Should().ContainSingle();
    }

    [Fact]
    public async Task Imports_what_is_new_and_says_how_much_that_was()
    {
        await List.AddAsync(Entry("ada@example.com"), Ct);
        SuppressionEntry[] entries =
        [
            Entry("Ada@Example.com") with { Since = s_since.AddDays(1) },
            Entry("ada@example.com", SuppressionReason.Complaint),
            .. Enumerable.Range(0, 3_000).Select(i => Entry($"reader-{i}@example.com", SuppressionReason.Unsubscribe, "news")),
            Entry("reader-7@example.com", SuppressionReason.Unsubscribe, "NEWS"),
        ];

        (await Admin.ImportAsync(entries, Ct)).Should().Be(3_001);
        (await Admin.ImportAsync(entries, Ct)).Should().Be(0);
        (await Admin.ImportAsync([], Ct)).Should().Be(0);
        (await Admin.FindAsync(new(), Ct).CountAsync(Ct)).Should().Be(3_002);
        (await FindAsync("ada@example.com")).Select(e => e.Since).Should().AllBeEquivalentTo(s_since);
    }

    [Fact]
    public async Task Imports_all_or_nothing()
    {
        var importing = async () => await Admin.ImportAsync([Entry("ada@example.com"), null!], Ct);

        await importing.Should().ThrowAsync<ArgumentException>();
        (await FindAsync("ada@example.com")).Should().BeEmpty();
    }

    [Fact]
    public async Task Shows_people_what_is_listed_since_longest_first()
    {
        var (bounce, complaint, unsubscribe) = (Entry("ada@example.com"), Entry("Grace@example.com", SuppressionReason.Complaint) with { Since = s_since.AddDays(-1) }, Entry("ada+x@example.com", SuppressionReason.Unsubscribe, "News") with { Since = s_since.AddDays(1) });
        foreach (var entry in new[] { bounce, complaint, unsubscribe }) await List.AddAsync(entry, Ct);

        (await ListedAsync(new())).Should().BeEquivalentTo([complaint, bounce, unsubscribe], o => o.WithStrictOrdering());
        (await ListedAsync(new() { Recipient = "ADA@example.com" })).Should().BeEquivalentTo([bounce, unsubscribe], o => o.WithStrictOrdering());
        (await ListedAsync(new() { Reason = SuppressionReason.Complaint })).Should().BeEquivalentTo([complaint]);
        (await ListedAsync(new() { StreamName = "news" })).Should().BeEquivalentTo([unsubscribe]);
        (await ListedAsync(new() { Since = s_since, Before = s_since.AddDays(1) })).Should().BeEquivalentTo([bounce]);
    }

    [Fact]
    public async Task Clears_a_recipient_and_nobody_else()
    {
        await List.AddAsync(Entry("ada@example.com"), Ct);
        await List.AddAsync(Entry("Ada@example.com", SuppressionReason.Unsubscribe, "news"), Ct);
        await List.AddAsync(Entry("grace@example.com"), Ct);

        (await Admin.ClearAsync("ada@EXAMPLE.com", Ct)).Should().Be(2);
        (await Admin.ClearAsync("ada@example.com", Ct)).Should().Be(0);

        (await ListedAsync(new())).Should().ContainSingle().Which.Recipient.Address.Should().Be("grace@example.com");
    }

    [Fact]
    public async Task Takes_part_in_cancellation()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await List.AddAsync(Entry("ada@example.com"), Ct);

        var finding = async () => await List.FindAsync(["ada@example.com"], "default", cancelled.Token);
        var adding = async () => await List.AddAsync(Entry("grace@example.com"), cancelled.Token);
        var removing = async () => await List.RemoveAsync("ada@example.com", SuppressionReason.HardBounce, null, cancelled.Token);

        await finding.Should().ThrowAsync<OperationCanceledException>();
        await adding.Should().ThrowAsync<OperationCanceledException>();
        await removing.Should().ThrowAsync<OperationCanceledException>();
        var importing = async () => await Admin.ImportAsync([Entry("grace@example.com")], cancelled.Token);
        await importing.Should().ThrowAsync<OperationCanceledException>();
        (await List.FindAsync(["ada@example.com", "grace@example.com"], "default", Ct)).Should().ContainSingle().Which.Recipient.Address.Should().Be("ada@example.com");
    }

    private static SuppressionEntry Entry(string recipient, SuppressionReason reason = SuppressionReason.HardBounce, string? streamName = null) =>
        new() { Recipient = recipient, Reason = reason, StreamName = streamName, Since = s_since };

    private async Task<IReadOnlyList<SuppressionEntry>> FindAsync(string recipient, string streamName = "default") => await List.FindAsync([recipient], streamName, Ct);

    private async Task<List<SuppressionEntry>> ListedAsync(SuppressionFilter filter) => await Admin.FindAsync(filter, Ct).ToListAsync(Ct);
}
