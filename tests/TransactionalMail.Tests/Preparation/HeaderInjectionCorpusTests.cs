using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TransactionalMail.Preparation;

namespace TransactionalMail.Tests.Preparation;

/// <summary>Other people's attempts to leave a field, and random ones; and the ordinary values that must still get in.</summary>
public sealed class HeaderInjectionCorpusTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, string> s_notApplicable = new()
    {
        ["smtp.proxyHost"] = "there is no proxy setting",
        ["smtp.proxyPort"] = "there is no proxy setting",
    };

    [Fact]
    public void Accepts_no_injection_in_any_field_M01_M02()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("corpora/header-injection/cases.json")));
        var refused = 0;
        var harmless = 0;
        foreach (var row in json.RootElement.EnumerateArray())
        {
            var (field, value, expect) = (Text(row, "field"), Text(row, "value"), Text(row, "expect"));
            if (s_notApplicable.ContainsKey(field)) continue;
            if (!TryAccept(field, value, out var message))
            {
                refused++;
                continue;
            }

            switch (expect)
            {
                case "refuse unless the server offers SMTPUTF8":
                    message!.To[0].RequiresSmtpUtf8.Should().BeTrue();
                    break;
                case "refuse, or route to the domain after the last unquoted @":
                    message!.To[0].SmtpAddress.Should().EndWith("@" + value[(value.LastIndexOf('@') + 1)..]);
                    break;
                default:
                    Assert.Fail($"{field} accepted {row}");
                    break;
            }

            harmless++;
        }

        output.WriteLine($"{refused} refused, {harmless} harmless as the corpus allows, {string.Join(", ", s_notApplicable.Keys)} not applicable");
        refused.Should().BeGreaterThan(100);
        harmless.Should().Be(3);
    }

    [Theory]
    [InlineData("from.address", "ada.lovelace+tag@example.com", "zoë@müller.example")]
    [InlineData("from.displayName", "Ada Lovelace (Analytics), Inc.", "Zoë 山田 😀")]
    [InlineData("envelope.from", "bounces@example.com", "bounces@müller.example")]
    [InlineData("to", "\"Lovelace, Ada\" <ada@example.com>", "Zoë Müller <zoë@müller.example>")]
    [InlineData("to.address", "o'brien@example.com", "用户@例え.example")]
    [InlineData("to.displayName", "Bcc: ada@example.com", "Søren")]
    [InlineData("cc.displayName", "Ada", "Łukasz")]
    [InlineData("bcc.address", "ada@example.com", "ada@münchen.example")]
    [InlineData("replyTo.address", "help@example.com", "hilfe@münchen.example")]
    [InlineData("replyTo.displayName", "Help", "Hilfe für Käufer")]
    [InlineData("subject", "Re: [#12] 50% off; a=b, \"c\" <d>", "Ihre Bestellung – 12,50 € 🎉")]
    [InlineData("templateName", "account/order-confirmation_2.v1", "konto/bestätigung")]
    [InlineData("attachment.fileName", "../../etc/passwd", "Rechnung März 2026.pdf")]
    [InlineData("attachment.contentType", "text/csv; charset=utf-8; header=\"a; b\"", null)]
    [InlineData("contentType.parameterName", "charset", null)]
    [InlineData("attachment.contentId", "logo.1@example.com", null)]
    [InlineData("tag", "order confirmation", "Bestellbestätigung")]
    [InlineData("header.name", "X-Order.Id_2", null)]
    [InlineData("header.value", "a: b; c=\"d\"", "Grüße")]
    [InlineData("header:In-Reply-To", "<20260101.abc$x@mail.example.com>", null)]
    [InlineData("header:References", "<a@example.com> <b@[192.0.2.1]>  <CAF+x=y@mail.example.com>", null)]
    [InlineData("header:List-Unsubscribe", "<https://example.com/u?t=a%20b&c=d,e>, <mailto:u@example.com?subject=unsubscribe>", null)]
    [InlineData("header:List-Help", "<https://example.com/help>", null)]
    [InlineData("header:List-Post", "NO", null)]
    [InlineData("header:List-Owner", "<mailto:owner@example.com>", null)]
    [InlineData("header:List-Archive", "<http://example.com/archive/>", null)]
    [InlineData("metadata.name", "order_id", null)]
    [InlineData("metadata.value", "42", "größe")]
    [InlineData("providerOption.name", "postmark:TrackLinks", null)]
    [InlineData("providerOption.value", "HtmlOnly", "für")]
    [InlineData("streamName", "receipts", "belege-für-käufer")]
    [InlineData("idempotencyKey", "order-42:confirmation", "bestellung-ü")]
    [InlineData("smtp.host", "relay.example.com", "relay.müller.example")]
    [InlineData("smtp.host", "192.0.2.1", null)]
    [InlineData("smtp.localDomain", "[192.0.2.1]", null)]
    [InlineData("smtp.localDomain", "mail.example.com", "mail.müller.example")]
    [InlineData("dkim.domain", "example.com", "müller.example")]
    [InlineData("dkim.selector", "2026.m1", null)]
    public void Accepts_ordinary_values_in_the_same_fields_M01(string field, string ascii, string? nonAscii)
    {
        TryAccept(field, ascii, out _).Should().BeTrue();
        if (nonAscii is not null) TryAccept(field, nonAscii, out _).Should().BeTrue();
    }

    [Fact]
    public void Tries_ordinary_values_in_every_field_but_those_reserved()
    {
        var tried = typeof(HeaderInjectionCorpusTests).GetMethod(nameof(Accepts_ordinary_values_in_the_same_fields_M01))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Select(data => (string)((InlineDataAttribute)data).Data[0]!).Distinct();

        tried.Should().BeEquivalentTo(MessageFields.All.Keys.Concat(MailSettings.Names).Except(["header:Message-ID"]));
    }

    /// <summary>The corpus has few rows for settings, so each also gets what the other fields are attacked with.</summary>
    [Fact]
    public void No_application_starts_with_an_injection_in_a_setting_M01_M02()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("corpora/header-injection/cases.json")));
        var values = json.RootElement.EnumerateArray().Select(row => Text(row, "value")).Where(IsUnsafe).Distinct().ToList();

        foreach (var setting in MailSettings.Names)
        {
            values.Should().AllSatisfy(value => MailSettings.FaultsWith(setting, value).Should().ContainSingle("{0} is at fault", setting));
        }

        output.WriteLine($"{values.Count} values refused in each setting");
        values.Count.Should().BeGreaterThan(20);
    }

    [Fact]
    public void Accepts_nothing_random_that_could_leave_its_line_M01_M02()
    {
        string[] pieces =
        [
            "a", "b", "Z", "9", "@", ".", "-", "_", " ", "\t", "\r", "\n", "\r\n", "\0", "\u001b", "\u007f", "\u0085", "\u2028", "\u2029", "\ud83d", "\ude00", "😀",
            "é", "ü", "ß", "\u0301", "\u200b", "\u202e", "\ufeff", "\ufffe", "<", ">", "\"", "\\", ":", ";", ",", "/", "(", ")", "[", "]", "=?", "?=", "%0d%0a",
            "example.com", "ada@example.com", "<a@b>", "<https://a/>", "text/plain", "xn--", "postmark:", "Bcc: x@example.com", "X-",
        ];
        var random = new Random(20260117);
        var (accepted, refused) = (0, 0);
        foreach (var field in MessageFields.All.Keys)
        {
            for (var i = 0; i < 3_000; i++)
            {
                var value = string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => pieces[random.Next(pieces.Length)]));
                if (!TryAccept(field, value, out var message))
                {
                    refused++;
                    continue;
                }

                accepted++;
                MessageFields.LinesOf(message!).Should().NotContain(line => IsUnsafe(line), $"{field} accepted {JsonSerializer.Serialize(Encoding.Unicode.GetBytes(value))}");
            }
        }

        output.WriteLine($"{accepted} accepted, {refused} refused");
        accepted.Should().BeGreaterThan(1_000);
        refused.Should().BeGreaterThan(10_000);
    }

    private static bool IsUnsafe(string line)
    {
        foreach (var rune in line.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029) return true;
        }

        // Encoding replaces a lone surrogate by U+FFFD.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(line)) != line;
    }

    private static bool TryAccept(string field, string value, out EmailMessage? message)
    {
        message = null;
        if (MailSettings.Names.Contains(field))
        {
            var faults = MailSettings.FaultsWith(field, value);
            faults.Should().NotContain(fault => IsUnsafe(fault), "a fault may be logged");
            return faults.Count == 0;
        }

        try
        {
            message = MessageFields.All[field](value);
        }
        catch (FormatException)
        {
            return false;
        }

        return MessageValidator.Validate(message).Count == 0;
    }

    // JsonElement refuses to read lone surrogates, which are the point of some rows.
    private static string Text(JsonElement row, string property) => Regex.Unescape(row.GetProperty(property).GetRawText()[1..^1]);
}
