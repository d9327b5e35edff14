using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Suppression;
using TransactionalMail.Tests.Events;

namespace TransactionalMail.Tests.Suppression;

public class SuppressionCsvTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _clock = Some.Clock();

    [Fact]
    public async Task Reads_back_what_it_wrote()
    {
        SuppressionEntry[] entries =
        [
            Entry("ada@example.com", SuppressionReason.HardBounce) with { Diagnostic = "550 5.1.1, \"no such user\", try another" },
            Entry("jürgen@müller.example", SuppressionReason.Unsubscribe) with { StreamName = "news, weekly" },
            Entry("=1+1@example.com", SuppressionReason.Complaint) with { Diagnostic = "=HYPERLINK(\"https://evil.example\")" },
            Entry("'ada@example.com", SuppressionReason.Manual) with { Diagnostic = "'quoted'" },
            Entry("\"a,b\"@example.com", SuppressionReason.Manual) with { Since = new(2026, 3, 29, 2, 30, 0, 123, TimeSpan.FromHours(5.5)), Diagnostic = "two\nlines" },
        ];

        (await ReadAsync(await WriteAsync(entries))).Should().BeEquivalentTo(entries, o => o.WithStrictOrdering());
    }

    [Fact]
    public async Task Reads_back_whatever_is_in_a_text()
    {
        var random = new Random(20261124);
        var letters = "abc =+-@'\",\n\t;é😀".EnumerateRunes().Select(r => r.ToString()).ToArray();
        var entries = Enumerable.Range(0, 2_000).Select(i => Entry($"reader-{i}@example.com", SuppressionReason.Manual) with
        {
            Diagnostic = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => letters[random.Next(letters.Length)])).Trim() is { Length: > 0 } text ? text : null,
        }).ToArray();

        (await ReadAsync(await WriteAsync(entries))).Should().BeEquivalentTo(entries, o => o.WithStrictOrdering());
    }

    [Fact]
    public async Task No_cell_is_a_formula()
    {
        var written = await WriteAsync(Entry("+ada@example.com", SuppressionReason.Manual) with { StreamName = "@news", Diagnostic = "=cmd|' /C calc'!A0" });

        written.Split("\r\n")[1].Should().StartWith("'+ada@example.com,Manual,'@news,").And.EndWith(",'=cmd|' /C calc'!A0");
    }

    [Fact]
    public async Task Reads_files_of_others_by_the_names_of_their_columns()
    {
        var entries = await ReadAsync("\uFEFFCreated,Recipient,REASON\n1732442400,Ada <ada@example.com>,hardbounce\n\n,grace@example.com,\n");

        entries.Should().BeEquivalentTo(
        [
            new SuppressionEntry { Recipient = "Ada <ada@example.com>", Reason = SuppressionReason.HardBounce, Since = _clock.GetUtcNow() },
            new SuppressionEntry { Recipient = "grace@example.com", Reason = SuppressionReason.Manual, Since = _clock.GetUtcNow() },
        ]);
    }

    [Theory]
    [InlineData("", "*names the columns*")]
    [InlineData("email,reason\nada@example.com,Manual", "*\"recipient\"*")]
    [InlineData("recipient\ncanary", "Line 2: the recipient is not*")]
    [InlineData("recipient,reason\nada@example.com,Boredom", "Line 2: the reason is none of HardBounce, Complaint*")]
    [InlineData("recipient,reason\nada@example.com,1", "Line 2: the reason*")]
    [InlineData("recipient,diagnostic,since\nada@example.com,\"two\nlines\",\nada@example.com,,yesterday", "Line 4: the date*")]
    [InlineData("recipient\n\"ada@example.com", "Line 2: *never closed*")]
    public async Task Says_which_line_is_no_entry(string text, string expected)
    {
        var reading = () => ReadAsync(text);

        (await reading.Should().ThrowAsync<FormatException>()).WithMessage(expected).And.Message.Should().NotContain("canary");
    }

    [Fact]
    public async Task Lists_the_first_faults_at_once()
    {
        var reading = () => ReadAsync("recipient\n" + string.Concat(Enumerable.Repeat("nobody\n", 100)));

        (await reading.Should().ThrowAsync<FormatException>()).Which.Message.Split(Environment.NewLine).Should().HaveCount(20);
    }

    private static SuppressionEntry Entry(EmailAddress recipient, SuppressionReason reason) => new() { Recipient = recipient, Reason = reason, Since = SomeEvent.Noon };

    private static async Task<string> WriteAsync(params SuppressionEntry[] entries)
    {
        await using var writer = new StringWriter();
        (await SuppressionCsv.WriteAsync(entries.ToAsyncEnumerable(), writer, s_ct)).Should().Be(entries.Length);
        return writer.ToString();
    }

    private async Task<IReadOnlyList<SuppressionEntry>> ReadAsync(string text)
    {
        using var reader = new StringReader(text);
        return await SuppressionCsv.ReadAsync(reader, _clock, s_ct);
    }
}
