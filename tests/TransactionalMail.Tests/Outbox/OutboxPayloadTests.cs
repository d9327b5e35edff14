using System.Text;
using TransactionalMail.Outbox;
using TransactionalMail.Tests.Mime;

namespace TransactionalMail.Tests.Outbox;

public class OutboxPayloadTests
{
    private static readonly string s_golden = Path.Combine(AppContext.BaseDirectory, "Outbox", "Golden", "v1.payload");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_field_reads_back_exactly(int seed)
    {
        var mails = new RandomMail(seed);
        for (var i = 0; i < 500; i++)
        {
            var entry = Entry(mails.Next(), new Random(seed * 1000 + i));

            var read = await RoundTripAsync(entry);

            await ShouldBeAsync(read, entry);
        }
    }

    [Fact]
    public void Nothing_of_a_message_is_forgotten()
    {
        // A new property of the message or the entry needs a place in the payload; then it is added here and to Every_field_reads_back_exactly.
        string[] written =
        [
            "From", "EnvelopeSender", "To", "Cc", "Bcc", "ReplyTo", "Subject", "TextBody", "HtmlBody", "Attachments", "Tags", "Headers", "Metadata", "ProviderOptions",
            "TrackOpens", "TrackClicks", "StreamName", "IdempotencyKey", "NotBefore", "NotAfter",
        ];

        typeof(EmailMessage).GetProperties().Select(static p => p.Name).Should().BeEquivalentTo([.. written, nameof(EmailMessage.Template)]);
        typeof(OutboxEntry).GetProperties().Select(static p => p.Name).Should().BeEquivalentTo(
            ["Id", "StreamName", "Message", "ContentHash", "TemplateName", "AcceptedAt", "DueAt", "Recipients", "Attempts", "PinnedTransport", "LastFailure", "TraceParent"]);
    }

    [Fact]
    public async Task Version_1_is_written_and_read_as_it_was_when_it_was_released()
    {
        var golden = await File.ReadAllBytesAsync(s_golden, Ct);

        var read = OutboxPayload.Read(golden).ToEntry([(byte[])[1, 2, 3], (byte[])[]]);

        await ShouldBeAsync(read, Golden());
        Encoding.UTF8.GetString(OutboxPayload.Write(Golden())).Should().Be(Encoding.UTF8.GetString(golden), "what is written as version 1 never changes; a change is version 2");
    }

    [Fact]
    public void A_later_version_says_which_release_reads_it()
    {
        var reading = () => OutboxPayload.Read("""{"version":2,"secret":"ada@example.com"}"""u8);

        reading.Should().Throw<OutboxPayloadException>().WithMessage("*version 2*up to 1*").Which.ToString().Should().NotContain("ada@example.com");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":"1"}""")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":0}""")]
    [InlineData("""{"id":1,"version":1}""")]
    [InlineData("\0\u0001binary")]
    public void What_was_never_written_is_damaged(string payload) => ShouldBeDamaged(Encoding.UTF8.GetBytes(payload));

    [Theory]
    [InlineData("\"value\":\"grace@example.com\"", "\"value\":\"ada@secret@\"")]
    [InlineData("\"value\":\"grace@example.com\"", "\"value\":null")]
    [InlineData("\"recipients\":[", "\"recipients\":[null,")]
    [InlineData("\"recipients\":[", "\"recipient\":[")]
    [InlineData("\"tags\":[", "\"tags\":[null,")]
    [InlineData("\"attachments\":[", "\"attachments\":[null,")]
    [InlineData("\"X-Order\":\"42\"", "\"X-Order\":null")]
    [InlineData("\"streamName\":\"receipts\"", "\"streamName\":null")]
    [InlineData("\"htmlBytes\":33", "\"htmlBytes\":32")]
    [InlineData("\"htmlBytes\":33", "\"htmlBytes\":34")]
    [InlineData("\"htmlBytes\":33", "\"htmlBytes\":-1")]
    [InlineData("\"textBytes\":20,\"htmlBytes\":33", "\"textBytes\":19,\"htmlBytes\":34")] // cut inside of a character
    [InlineData("\"textBytes\":20,\"htmlBytes\":33", "\"textBytes\":2147483647,\"htmlBytes\":2147483647")]
    public void A_part_that_is_wrong_damages_the_whole(string part, string wrong)
    {
        var payload = File.ReadAllText(s_golden);
        payload.Should().Contain(part);

        ShouldBeDamaged(Encoding.UTF8.GetBytes(payload.Replace(part, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public void Random_damage_throws_nothing_else()
    {
        var good = OutboxPayload.Write(Golden());
        var random = new Random(7);
        var refused = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = random.Next(2) == 0 ? good[..random.Next(good.Length)] : [.. good];
            for (var hits = random.Next(1, 4); hits > 0 && bytes.Length > 0; hits--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                OutboxPayload.Read(bytes);
            }
            catch (OutboxPayloadException)
            {
                refused++;
            }
        }

        refused.Should().BeGreaterThan(2_500);
    }

    [Fact]
    public void Contents_that_are_missing_are_noticed()
    {
        var payload = OutboxPayload.Read(OutboxPayload.Write(Golden()));

        payload.AttachmentCount.Should().Be(2);
        var making = () => payload.ToEntry([(byte[])[1]]);
        making.Should().Throw<OutboxPayloadException>().WithMessage("*2 attachments*1*");
    }

    [Fact]
    public void A_template_is_never_kept()
    {
        var entry = Golden();
        entry = entry with { Message = entry.Message with { Template = EmailTemplate.Create("welcome", new { Code = "1234" }) } };

        var writing = () => OutboxPayload.Write(entry);

        writing.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Tells_counts_only() => OutboxPayload.Read(OutboxPayload.Write(Golden())).ToString().Should().Contain("receipts").And.NotContain("example.com");

    private static async Task<OutboxEntry> RoundTripAsync(OutboxEntry entry) =>
        OutboxPayload.Read(OutboxPayload.Write(entry)).ToEntry(await OutboxPayload.ReadContentsAsync(entry.Message, Ct));

    private static void ShouldBeDamaged(byte[] payload)
    {
        var reading = () => OutboxPayload.Read(payload);

        var thrown = reading.Should().Throw<OutboxPayloadException>().Which;
        thrown.ToString().Should().NotContain("secret").And.NotContain("example.com");
        thrown.InnerException.Should().BeNull();
    }

    private static async Task ShouldBeAsync(OutboxEntry read, OutboxEntry entry)
    {
        (read with { Message = entry.Message, Recipients = entry.Recipients }).Should().Be(entry);
        Spell(read.Recipients).Should().Equal(Spell(entry.Recipients));
        var (message, expected) = (read.Message, entry.Message);
        Spell([message.From, message.EnvelopeSender]).Should().Equal(Spell([expected.From, expected.EnvelopeSender]));
        Spell([.. message.To, null, .. message.Cc, null, .. message.Bcc, null, .. message.ReplyTo])
            .Should().Equal(Spell([.. expected.To, null, .. expected.Cc, null, .. expected.Bcc, null, .. expected.ReplyTo]));
        (message.Subject, message.TextBody, message.HtmlBody).Should().Be((expected.Subject, expected.TextBody, expected.HtmlBody));
        message.Tags.Should().Equal(expected.Tags);
        message.Headers.ToArray().Should().Equal(expected.Headers.ToArray());
        message.Metadata.ToArray().Should().Equal(expected.Metadata.ToArray());
        message.ProviderOptions.ToArray().Should().Equal(expected.ProviderOptions.ToArray());
        (message.TrackOpens, message.TrackClicks, message.StreamName, message.IdempotencyKey).Should().Be((expected.TrackOpens, expected.TrackClicks, expected.StreamName, expected.IdempotencyKey));
        (message.NotBefore?.Ticks, message.NotBefore?.Offset, message.NotAfter?.Ticks, message.NotAfter?.Offset)
            .Should().Be((expected.NotBefore?.Ticks, expected.NotBefore?.Offset, expected.NotAfter?.Ticks, expected.NotAfter?.Offset));
        message.Attachments.Select(static a => (a.FileName, a.ContentType, a.ContentId)).Should().Equal(expected.Attachments.Select(static a => (a.FileName, a.ContentType, a.ContentId)));
        var (contents, expectedContents) = (await OutboxPayload.ReadContentsAsync(message, Ct), await OutboxPayload.ReadContentsAsync(expected, Ct));
        contents.Select(static c => Convert.ToHexString(c.Span)).Should().Equal(expectedContents.Select(static c => Convert.ToHexString(c.Span)));
    }

    private static IEnumerable<(string? Address, string? Name)> Spell(IEnumerable<EmailAddress?> addresses) => addresses.Select(static a => (a?.Address, a?.DisplayName));

    private static OutboxEntry Entry(EmailMessage message, Random random)
    {
        var at = new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.FromHours(random.Next(-12, 13))).AddTicks(random.NextInt64(TimeSpan.TicksPerDay));
        message = message with
        {
            EnvelopeSender = random.Next(2) == 0 ? null : new EmailAddress("bounces@acme.example"),
            ProviderOptions = new Dictionary<string, string> { ["postmark:TrackLinks"] = "HtmlOnly", ["b:\u00e9\"\\"] = "\u2028" },
            TrackOpens = random.Next(3) switch { 0 => null, 1 => true, _ => false },
            TrackClicks = random.Next(3) switch { 0 => null, 1 => true, _ => false },
            StreamName = random.Next(2) == 0 ? null : "Receipts",
            IdempotencyKey = random.Next(2) == 0 ? null : "order \u00e9 42",
            NotBefore = random.Next(2) == 0 ? null : at.AddTicks(1),
            NotAfter = random.Next(2) == 0 ? null : at.AddDays(1),
        };
        return new OutboxEntry
        {
            Id = MailId.New(at),
            StreamName = "Receipts",
            Message = message,
            TemplateName = random.Next(2) == 0 ? null : "account/welcome",
            AcceptedAt = at,
            DueAt = at.AddTicks(12_345),
            Recipients = [.. message.GetEnvelopeRecipients().Where(_ => random.Next(2) == 0)],
            Attempts = random.Next(100),
            PinnedTransport = random.Next(2) == 0 ? null : "primary",
            LastFailure = random.Next(2) == 0 ? null : "It was busy.\r\n\0",
            ContentHash = random.Next(2) == 0 ? null : new string('a', 64),
            TraceParent = random.Next(2) == 0 ? null : "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };
    }

    private static OutboxEntry Golden() => new()
    {
        Id = new MailId(new Guid("019373a8-7c00-7000-8000-000000000042")),
        StreamName = "receipts",
        Message = new EmailMessage
        {
            From = new EmailAddress("no-reply@acme.example", "Acme, \"Ltd\""),
            EnvelopeSender = "bounces@acme.example",
            To = ["Ada <ada@example.com>", "grace@example.com"],
            Cc = ["jörg@bücher.example"],
            Bcc = ["audit@acme.example"],
            ReplyTo = ["help@acme.example"],
            Subject = "Größe 👍 <42>",
            TextBody = "Thank you.\r\n\tAcme\u2028",
            HtmlBody = "<p class=\"a\">Thank&nbsp;you'</p>\n",
            Attachments = [new EmailAttachment("Rechnung ü.pdf", new byte[] { 1, 2, 3 }), new EmailAttachment("logo.png", ReadOnlyMemory<byte>.Empty, "image/png") { ContentId = "logo" }],
            Tags = ["order", "eu"],
            Headers = new Dictionary<string, string> { ["X-Order"] = "42", ["X-Another"] = "b" },
            Metadata = new Dictionary<string, string> { ["order_id"] = "42" },
            ProviderOptions = new Dictionary<string, string> { ["postmark:TrackLinks"] = "HtmlOnly" },
            TrackOpens = false,
            TrackClicks = true,
            StreamName = "receipts",
            IdempotencyKey = "order-42",
            NotBefore = new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.FromHours(1)),
            NotAfter = new DateTimeOffset(2026, 11, 25, 10, 0, 0, 123, TimeSpan.Zero),
        },
        TemplateName = "order/receipt",
        AcceptedAt = new DateTimeOffset(2026, 11, 24, 8, 59, 59, TimeSpan.Zero).AddTicks(1234567),
        DueAt = new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero),
        Recipients = ["grace@example.com"],
        Attempts = 2,
        PinnedTransport = "primary",
        LastFailure = "The relay was busy.",
        ContentHash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };
}
