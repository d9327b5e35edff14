using TransactionalMail.Transports;

namespace TransactionalMail.Conformance;

/// <summary>Messages that ask for a feature, and what must then have arrived.</summary>
internal static class FeatureSample
{
    private static readonly byte[] s_everyByte = [.. Enumerable.Range(0, 100_000).Select(static i => (byte)(i * 7 + i / 256))];

    private static readonly EmailAttachment[] s_attachments =
    [
        new("Rechnung für Zoë Ωmega 2026 – endgültig 😀.pdf", s_everyByte),
        new("empty.txt", Array.Empty<byte>()),
        new("lines.csv", "a,b\r\n.\r\nc,\"d\n\"\rFrom e"u8.ToArray(), "text/csv"),
    ];

    private static readonly EmailAttachment s_image = new("logo.png", s_everyByte.AsMemory(0, 3_000)) { ContentId = "logo@acme" };

    private static readonly Dictionary<string, string> s_headers = new()
    {
        ["X-Order"] = "1042",
        ["X-Note"] = "Grüße aus Köln 😀, " + string.Join(' ', Enumerable.Repeat("noch ein Wort", 20)),
        ["References"] = "<first@acme.example> <second@acme.example>",
        ["List-Unsubscribe"] = "<https://acme.example/unsubscribe?id=1042>",
    };

    private static readonly Dictionary<string, string> s_metadata = new() { ["order"] = "1042", ["customer-name"] = "Zoë Ωmega 😀" };

    /// <summary>Gets every feature on its own.</summary>
    public static IEnumerable<MailFeatures> Features => Enum.GetValues<MailFeatures>().Where(static f => int.IsPow2((int)f));

    public static EmailMessage AskFor(MailFeatures feature, EmailMessage message, FeatureGaps gaps) => feature switch
    {
        MailFeatures.EnvelopeSender => message with { EnvelopeSender = "bounces+1042@acme.example" },
        MailFeatures.Headers => message with { Headers = s_headers },
        MailFeatures.Attachments => message with { Attachments = [.. message.Attachments, .. Files(gaps)] },
        MailFeatures.InlineAttachments => message with { HtmlBody = "<p>Größe <img src=\"cid:logo@acme\"></p>", Attachments = [.. message.Attachments, s_image] },
        MailFeatures.Tags => message with { Tags = message.Tags.Count > 0 ? message.Tags : [Tag(gaps)] },
        MailFeatures.SeveralTags => message with { Tags = ["order", Tag(gaps)] },
        MailFeatures.Metadata => message with { Metadata = Metadata(gaps) },
        MailFeatures.OpenTracking => message with { TrackOpens = true },
        MailFeatures.ClickTracking => message with { TrackClicks = true },
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, "Add a sample of the new feature."),
    };

    public static async Task ShouldHaveArrivedAsync(MailFeatures feature, ArrivedMail arrived, FeatureGaps gaps)
    {
        var message = arrived.Message;
        switch (feature)
        {
            case MailFeatures.EnvelopeSender:
                if (arrived.Envelope is { } envelope) envelope.Sender.Address.Should().Be("bounces+1042@acme.example");
                break;
            case MailFeatures.Headers:
                message.Headers.Should().Contain(s_headers);
                break;
            case MailFeatures.Attachments:
                await ShouldBeAsync([.. message.Attachments.Where(static a => a.ContentId is null)], Files(gaps));
                break;
            case MailFeatures.InlineAttachments:
                message.HtmlBody.Should().Contain("cid:logo@acme");
                await ShouldBeAsync([.. message.Attachments.Where(static a => a.ContentId is not null)], [s_image]);
                break;
            case MailFeatures.Tags:
                message.Tags.Should().Contain(Tag(gaps));
                break;
            case MailFeatures.SeveralTags:
                message.Tags.Should().Equal("order", Tag(gaps));
                break;
            case MailFeatures.Metadata:
                message.Metadata.Should().BeEquivalentTo(Metadata(gaps));
                break;
            case MailFeatures.OpenTracking:
                message.TrackOpens.Should().BeTrue();
                break;
            case MailFeatures.ClickTracking:
                message.TrackClicks.Should().BeTrue();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(feature), feature, "Add a sample of the new feature.");
        }
    }

    private static string Tag(FeatureGaps gaps) => gaps.HasFlag(FeatureGaps.UnicodeTags) ? "size 42" : "größe 42";

    private static EmailAttachment[] Files(FeatureGaps gaps) => gaps.HasFlag(FeatureGaps.EmptyFiles) ? [.. s_attachments.Where(static a => a.FileName is not "empty.txt")] : s_attachments;

    private static Dictionary<string, string> Metadata(FeatureGaps gaps) =>
        gaps.HasFlag(FeatureGaps.UnicodeMetadata) ? new() { ["order"] = "1042", ["customer-name"] = "Zoe" } : s_metadata;

    private static async Task ShouldBeAsync(EmailAttachment[] arrived, EmailAttachment[] sent)
    {
        arrived.Select(static a => (a.FileName, a.ContentType, a.ContentId)).Should().Equal(sent.Select(static a => (a.FileName, a.ContentType, a.ContentId)));
        foreach (var (there, here) in arrived.Zip(sent)) (await BytesOfAsync(there)).Should().Equal(await BytesOfAsync(here), there.FileName);
    }

    private static async Task<byte[]> BytesOfAsync(EmailAttachment attachment)
    {
        await using var content = await attachment.OpenAsync(TestContext.Current.CancellationToken);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }
}
