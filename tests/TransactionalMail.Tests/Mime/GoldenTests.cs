using System.Text;

namespace TransactionalMail.Tests.Mime;

/// <summary>Composed bytes against files that a person has read. After a change on purpose, copy the file the failure names over the golden one.</summary>
public sealed class GoldenTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Mime", "Golden");

    private static readonly Dictionary<string, EmailMessage> s_messages = new()
    {
        ["text"] = Compose.Message,
        ["html"] = Compose.Message with { TextBody = null, HtmlBody = "<!DOCTYPE html>\n<p>Hello <b>Ada</b>\n" },
        ["alternative"] = Compose.Message with { HtmlBody = "<p>Hello <b>Ada</b>, it is on its way.\n" },
        ["related"] = Compose.Message with
        {
            HtmlBody = "<p><img src=\"cid:logo\" alt=\"Acme\"> It is on its way.\n",
            Attachments = [new EmailAttachment("logo.png", Bytes(64)) { ContentId = "logo" }],
        },
        ["mixed"] = Compose.Message with
        {
            Cc = ["records@acme.example"],
            ReplyTo = ["Help <help@acme.example>"],
            HtmlBody = "<p><img src=\"cid:logo\"> It is on its way.\n",
            Attachments =
            [
                new EmailAttachment("logo.png", Bytes(64)) { ContentId = "logo" },
                new EmailAttachment("invoice.pdf", Bytes(200)),
                new EmailAttachment("Rechnung für Müller und eine recht lange Erklärung dazu, was darin steht.csv", "a;b\r\n1;2\r\n"u8.ToArray(), "text/csv; charset=utf-8"),
            ],
            Headers = new Dictionary<string, string> { ["List-Unsubscribe"] = "<https://acme.example/u/1>", ["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click" },
            Tags = ["orders"],
            Metadata = new Dictionary<string, string> { ["order"] = "10021", ["customer"] = "Zoë" },
        },
        ["names"] = Compose.Message with
        {
            From = new EmailAddress("no-reply@acme.example", "Müller & Söhne GmbH"),
            To =
            [
                new EmailAddress("a@example.com", "Lovelace, Ada"),
                new EmailAddress("b@example.com", "The \"Quoted\" \\ One"),
                new EmailAddress("c@example.com", "山田太郎"),
                new EmailAddress("d@example.com"),
                new EmailAddress("e@example.com", "What =? ever"),
                new EmailAddress("f@example.com", "Ένα πολύ μακρύ όνομα που δεν χωράει σε μία μόνο γραμμή της επικεφαλίδας"),
            ],
            Subject = "Bestätigung Ihrer Bestellung 10021 – vielen Dank, dass Sie bei Müller & Söhne eingekauft haben 🎉",
        },
        ["international"] = Compose.Message with
        {
            From = new EmailAddress("shop@bücher.example", "Bücher"),
            To = [new EmailAddress("用户@例え.example")],
            TextBody = "Καλημέρα κόσμε.\n",
        },
        ["long-lines"] = Compose.Message with
        {
            Subject = string.Join(' ', Enumerable.Range(1, 40).Select(i => $"word{i}")),
            TextBody = new string('a', 300) + "\n.\n..\nFrom here \t \nends with = and spaces   \r\rbare\rreturns\n" + string.Concat(Enumerable.Repeat("ä b. ", 60)),
            Headers = new Dictionary<string, string> { ["X-Token"] = new string('t', 500), ["X-Spaces"] = "a  b " + new string('c', 70) + "   d" },
        },
    };

    public static TheoryData<string> Names => [.. s_messages.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Composes_the_golden_bytes(string name)
    {
        var actual = await Compose.BytesAsync(s_messages[name]);
        var golden = await File.ReadAllBytesAsync(Path.Combine(s_folder, $"{name}.eml"), TestContext.Current.CancellationToken);
        var actualFile = Path.Combine(s_folder, $"{name}.actual");
        if (!actual.AsSpan().SequenceEqual(golden)) await File.WriteAllBytesAsync(actualFile, actual, TestContext.Current.CancellationToken);

        Encoding.UTF8.GetString(actual).Should().Be(Encoding.UTF8.GetString(golden), $"{actualFile} holds what was composed");
        WireRules.FindViolation(actual, allowUtf8Fields: name == "international").Should().BeNull();
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7))];
}
