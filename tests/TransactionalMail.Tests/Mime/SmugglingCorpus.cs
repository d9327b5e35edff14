using System.Text;
using System.Text.Json;

namespace TransactionalMail.Tests.Mime;

/// <summary>Contents that try to end a mail early and begin another one (CVE-2023-51764 and its kin).</summary>
internal static class SmugglingCorpus
{
    public static async Task<IReadOnlyList<(string Content, EmailMessage Message)>> ReadAsync()
    {
        using var cases = JsonDocument.Parse(await File.ReadAllTextAsync(SharedData.Path("corpora/smtp-smuggling/cases.json"), TestContext.Current.CancellationToken));
        var messages = cases.RootElement.EnumerateArray().Select(c => (c.GetProperty("content").GetString()!, Message(c.GetProperty("where").GetString()!, c.GetProperty("content").GetString()!))).ToArray();
        messages.Should().NotBeEmpty();
        return messages;
    }

    private static EmailMessage Message(string where, string content) => where switch
    {
        "text" => Compose.Message with { TextBody = content },
        "html" => Compose.Message with { HtmlBody = content },
        "text-attachment" => Compose.Message with { Attachments = [new EmailAttachment("a.txt", Encoding.UTF8.GetBytes(content), "text/plain")] },
        "raw-8bit-part" => Compose.Message with { Attachments = [new EmailAttachment("a.bin", Encoding.UTF8.GetBytes(content + "\u00ff"), "text/plain; charset=utf-8")] },
        _ => throw new InvalidOperationException($"The corpus has a new place: {where}."),
    };
}
