using System.Text;
using System.Text.Json;

namespace TransactionalMail.Tests.Mime;

public sealed class SmugglingTests
{
    [Fact]
    public async Task No_body_smuggles_an_end_of_data_M06()
    {
        using var cases = JsonDocument.Parse(await File.ReadAllTextAsync(SharedData.Path("corpora/smtp-smuggling/cases.json"), TestContext.Current.CancellationToken));
        foreach (var smuggling in cases.RootElement.EnumerateArray())
        {
            var content = smuggling.GetProperty("content").GetString()!;
            var message = smuggling.GetProperty("where").GetString() switch
            {
                "text" => Compose.Message with { TextBody = content },
                "html" => Compose.Message with { HtmlBody = content },
                "text-attachment" => Compose.Message with { Attachments = [new EmailAttachment("a.txt", Encoding.UTF8.GetBytes(content), "text/plain")] },
                "raw-8bit-part" => Compose.Message with { Attachments = [new EmailAttachment("a.bin", Encoding.UTF8.GetBytes(content + "\u00ff"), "text/plain; charset=utf-8")] },
                var where => throw new InvalidOperationException($"The corpus has a new place: {where}."),
            };

            WireRules.FindViolation(await Compose.BytesAsync(message)).Should().BeNull("that holds for {0}", smuggling);
        }

        cases.RootElement.GetArrayLength().Should().BePositive();
    }
}
