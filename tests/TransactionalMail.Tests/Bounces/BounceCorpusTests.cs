using System.Text.Json;

namespace TransactionalMail.Tests.Bounces;

/// <summary>Returned messages of many servers, with what another project makes of them.</summary>
public sealed class BounceCorpusTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Agrees_with_the_labels_on_at_least_95_of_100_recipients()
    {
        var verdicts = await JudgeAsync();

        foreach (var wrong in verdicts.Where(static v => !v.IsRight)) output.WriteLine($"{wrong.File}: labelled {wrong.Reason} ({wrong.Label}), read as {wrong.Read}");
        output.WriteLine($"{verdicts.Count(static v => v.IsRight)} of {verdicts.Count} recipients right");
        verdicts.Should().HaveCount(203);
        verdicts.Count(static v => v.IsRight).Should().BeGreaterThanOrEqualTo((int)Math.Ceiling(0.95 * verdicts.Count));

        foreach (var kind in new[] { "hard", "soft" })
        {
            var (labelled, read, both) = (verdicts.Count(v => v.Label == kind), verdicts.Count(v => v.Read == kind), verdicts.Count(v => v.Label == kind && v.Read == kind));
            var (precision, recall) = ((double)both / read, (double)both / labelled);
            output.WriteLine($"{kind}: precision {precision:F3}, recall {recall:F3}");
            precision.Should().BeGreaterThanOrEqualTo(0.9);
            recall.Should().BeGreaterThanOrEqualTo(0.9);
        }

        verdicts.Where(static v => v.Label is not ("hard" or "soft")).Should().OnlyContain(static v => v.IsRight);
    }

    [Theory]
    [InlineData("bounce__broken-mime.eml", "MailBounced Soft info@example.net")]
    [InlineData("bounce__gmail-invalid-address.eml", "MailBounced Hard awfawfawfawfawfaw@someserverhere.com")]
    [InlineData("bounce__mailbox-full.eml", "MailBounced Soft user@aol.com")]
    [InlineData("bounce__no-mx.eml", "MailDeferred  user@example.com")]
    [InlineData("complaints__aol.eml", "MailComplained  redacted@aol.com")]
    [InlineData("complaints__yahoo.eml", "MailComplained  user@yahoo.com")]
    public async Task Reads_what_the_name_of_the_file_says(string file, string expected)
    {
        var report = await ReadAsync(SharedData.Path($"corpora/bounce-flanker/{file}"));

        var read = report.Events.Should().ContainSingle().Which;
        $"{read.GetType().Name} {(read as MailBounced)?.BounceKind} {read.Recipient?.Address}".Should().Be(expected);
    }

    [Theory]
    [InlineData("corpora/mime-torture")]
    [InlineData("corpora/mime-mime4j")]
    public async Task Takes_ordinary_mail_for_no_bounce(string folder)
    {
        var files = Directory.GetFiles(SharedData.Path(folder)).Where(static f => Path.GetExtension(f) is ".msg" or ".eml" && !File.ReadAllText(f).Contains("multipart/report", StringComparison.OrdinalIgnoreCase)).ToArray();
        files.Should().NotBeEmpty();
        List<string> taken = [];
        foreach (var file in files)
        {
            try
            {
                if ((await ReadAsync(file)).Events.Count > 0) taken.Add(Path.GetFileName(file));
            }
            catch (FormatException)
            {
                // Some hold no message at all.
            }
        }

        taken.Should().BeEmpty();
    }

    private static async Task<IReadOnlyList<Verdict>> JudgeAsync()
    {
        List<Verdict> verdicts = [];
        using var labels = JsonDocument.Parse(await File.ReadAllBytesAsync(SharedData.Path("corpora/bounce-sisimai/expected.json"), TestContext.Current.CancellationToken));
        foreach (var message in labels.RootElement.EnumerateArray())
        {
            var file = message.GetProperty("file").GetString()!;
            var report = await ReadAsync(SharedData.Path($"corpora/bounce-sisimai/messages/{file}"));
            report.Events.Count.Should().BeLessThanOrEqualTo(message.GetProperty("recipients").GetArrayLength(), "{0} reports on no more recipients", file);
            verdicts.AddRange(message.GetProperty("recipients").EnumerateArray().Select((label, i) => new Verdict(
                file, label.GetProperty("reason").GetString()!, Label(label), Read(report, i))));
        }

        return verdicts;
    }

    private static string Label(JsonElement label) => label.GetProperty("reason").GetString() switch
    {
        "feedback" => "complaint",
        "vacation" => "auto-reply",
        "delivered" => "delivered",
        _ => label.GetProperty("hardbounce").GetBoolean() ? "hard" : "soft",
    };

    private static string Read(BounceReport report, int index) => report.Events.ElementAtOrDefault(index) switch
    {
        MailBounced { BounceKind: BounceKind.Hard } => "hard",
        MailBounced { BounceKind: BounceKind.Soft or BounceKind.Blocked } or MailDeferred => "soft",
        MailBounced => "undetermined",
        MailComplained => "complaint",
        MailDelivered => "delivered",
        _ => report.IsAutoReply ? "auto-reply" : "nothing",
    };

    private static async Task<BounceReport> ReadAsync(string path)
    {
        await using var stream = File.OpenRead(path);
        return await SomeBounce.Reader.ReadAsync(stream, TestContext.Current.CancellationToken);
    }

    private sealed record Verdict(string File, string Reason, string Label, string Read)
    {
        /// <summary>An address that only asks whether it could be delivered to gives no event; a phone's request to be unsubscribed is an answer by a machine.</summary>
        public bool IsRight => Label == Read || (Label, Read) is ("delivered", "nothing") or ("complaint", "auto-reply");
    }
}
