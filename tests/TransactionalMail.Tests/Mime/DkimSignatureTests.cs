using System.Text;
using MimeKit;

namespace TransactionalMail.Tests.Mime;

public sealed class DkimSignatureTests
{
    private static readonly DkimOptions s_rsa = DkimTestKey.ForAcme(DkimTestKey.Rsa2048, "m1");
    private static readonly DkimOptions s_ed25519 = DkimTestKey.ForAcme(DkimTestKey.Ed25519, "m2");

    [Fact]
    public async Task Signs_with_rsa_relaxed_at_the_time_of_the_clock()
    {
        var bytes = await Compose.BytesAsync(Compose.Message, s_rsa);

        using var parsed = Compose.Parse(bytes);
        parsed.Headers[0].Id.Should().Be(HeaderId.DkimSignature);
        parsed.Headers[0].Value.Replace('\t', ' ').Should()
            .StartWith($"v=1; a=rsa-sha256; d=acme.example; s=m1; c=relaxed/relaxed; t={Compose.Date.ToUnixTimeSeconds()};")
            .And.NotContain("x=", "a lifetime is not offered (D05)").And.NotContain(" i=");
        DkimCheck.For(s_rsa).Verify(bytes).Should().Equal(true);
    }

    [Fact]
    public async Task Signs_with_ed25519()
    {
        var bytes = await Compose.BytesAsync(Compose.Message, s_ed25519);

        Encoding.ASCII.GetString(bytes).Should().Contain("a=ed25519-sha256");
        DkimCheck.For(s_ed25519).Verify(bytes).Should().Equal(true);
    }

    [Fact]
    public async Task Signs_with_every_key_of_the_domain_in_their_order_and_each_verifies_alone()
    {
        var bytes = await Compose.BytesAsync(Compose.Message, s_rsa, s_ed25519);

        using var parsed = Compose.Parse(bytes);
        parsed.Headers.Take(2).Select(header => header.Value[..25]).Should().Equal("v=1; a=rsa-sha256; d=acme", "v=1; a=ed25519-sha256; d=");
        DkimCheck.For(s_rsa, s_ed25519).Verify(bytes).Should().Equal(true, true);
        DkimCheck.For(s_ed25519).Verify(WithoutFirstField(bytes)).Should().Equal(true);
    }

    [Theory]
    [InlineData("acme.example", "acme.example")]
    [InlineData("ACME.example", "acme.example")]
    [InlineData("mail.acme.example", "mail.acme.example")]
    [InlineData("eu.mail.acme.example", "mail.acme.example")]
    [InlineData("other.acme.example", "acme.example")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("notacme.example", null)]
    [InlineData("acme.example.org", null)]
    [InlineData("example", null)]
    public async Task Chooses_the_key_of_the_from_domain_or_of_its_nearest_parent(string fromDomain, string? signingDomain)
    {
        var message = Compose.Message with { From = new EmailAddress("no-reply@" + fromDomain) };

        using var composed = await Compose.MimeAsync(
            message,
            DkimTestKey.For("Acme.Example", DkimTestKey.Rsa2048),
            DkimTestKey.For("mail.acme.example", DkimTestKey.Rsa2048),
            DkimTestKey.For("Bücher.example", DkimTestKey.Rsa2048));

        var domains = composed.Headers.Where(header => header.Id is HeaderId.DkimSignature).Select(header => header.Value.Split("d=")[1].Split(';')[0]);
        domains.Should().Equal(signingDomain is null ? [] : [signingDomain]);
    }

    [Theory]
    [InlineData("From: Mallory <mallory@evil.example>")]
    [InlineData("Sender: mallory@evil.example")]
    [InlineData("Reply-To: mallory@evil.example")]
    [InlineData("To: mallory@evil.example")]
    [InlineData("Cc: mallory@evil.example")]
    [InlineData("Subject: You won")]
    [InlineData("Date: Mon, 09 Mar 2026 12:05:08 +0000")]
    [InlineData("Message-ID: <other@evil.example>")]
    [InlineData("In-Reply-To: <other@evil.example>")]
    [InlineData("References: <other@evil.example>")]
    [InlineData("MIME-Version: 1.0")]
    [InlineData("Content-Type: text/html")]
    [InlineData("Content-Transfer-Encoding: 7bit")]
    [InlineData("List-Unsubscribe: <https://evil.example>")]
    [InlineData("List-Unsubscribe-Post: List-Unsubscribe=One-Click")]
    public async Task A_field_added_on_the_way_breaks_every_signature_D03(string field)
    {
        var bytes = await Compose.BytesAsync(Compose.Message, s_rsa, s_ed25519);
        var check = DkimCheck.For(s_rsa, s_ed25519);

        check.Verify([.. Encoding.ASCII.GetBytes("X-Relay: harmless\r\n"), .. bytes]).Should().Equal(true, true);
        check.Verify([.. Encoding.ASCII.GetBytes(field + "\r\n"), .. bytes]).Should().Equal(false, false);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\n\n\n")]
    [InlineData("no last line end")]
    [InlineData("trailing spaces   \n\t\nand  inner   runs \t \n")]
    [InlineData(".\n..\n.leading\n")]
    [InlineData("ends in spaces \n   \n \n")]
    [InlineData("bare\rreturns\r\rand\nfeeds")]
    [InlineData("8-bit ü and a long line 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789")]
    public async Task Signatures_survive_any_body_and_refolded_fields_D02_D06(string body)
    {
        var message = Compose.Message with
        {
            TextBody = body,
            Subject = "Folded " + string.Join("  ", Enumerable.Repeat("words and  spaces", 20)),
            Headers = new Dictionary<string, string> { ["List-Unsubscribe"] = "<https://acme.example/" + new string('u', 300) + ">" },
        };
        var bytes = await Compose.BytesAsync(message, s_rsa, s_ed25519);
        var relayed = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(bytes).Replace("Subject: ", "SUBJECT:\r\n\t", StringComparison.Ordinal).Replace("MIME-Version: 1.0\r\n", "MIME-Version:  1.0 \r\n", StringComparison.Ordinal));

        var check = DkimCheck.For(s_rsa, s_ed25519);
        check.Verify(bytes).Should().Equal(true, true);
        check.Verify(relayed).Should().Equal(true, true);
    }

    [Fact]
    public async Task Signs_the_bodies_of_the_canonicalisation_corpus_D02()
    {
        using var signing = Compose.Signing(s_rsa);
        var check = DkimCheck.For(s_rsa);
        var files = Directory.GetFiles(SharedData.Path("corpora/dkim-canon"), "email.*");
        foreach (var file in files)
        {
            var text = await File.ReadAllTextAsync(file, Encoding.Latin1, TestContext.Current.CancellationToken);
            var bytes = await Compose.BytesAsync(Compose.Message with { TextBody = text, HtmlBody = text }, signing);

            check.Verify(bytes).Should().Equal([true], file);
        }

        files.Should().NotBeEmpty();
    }

    [Fact]
    public async Task Signs_random_mail()
    {
        var mails = new RandomMail(seed: 6376);
        var keys = new[] { s_rsa, s_ed25519, DkimTestKey.For("bücher.example", DkimTestKey.OtherRsa2048) };
        var check = DkimCheck.For(keys);
        using var signing = Compose.Signing(keys);
        for (var i = 0; i < 500; i++)
        {
            var message = mails.Next();
            var signatures = check.Verify(await Compose.BytesAsync(message, signing));

            signatures.Should().Equal(message.From!.Domain == "bücher.example" ? [true] : [true, true], "that holds for message {0}", i);
        }
    }

    [Fact]
    public async Task Signs_from_many_threads_with_one_key()
    {
        using var signing = Compose.Signing(s_rsa);
        var check = DkimCheck.For(s_rsa);

        var mails = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => Compose.BytesAsync(Compose.Message with { TextBody = $"{i}" }, signing))));

        mails.Should().OnlyContain(mail => check.Verify(mail).Single());
    }

    private static byte[] WithoutFirstField(byte[] mail)
    {
        var text = Encoding.ASCII.GetString(mail);
        var end = 0;
        do end = text.IndexOf("\r\n", end, StringComparison.Ordinal) + 2;
        while (text[end] is ' ' or '\t');
        return mail[end..];
    }
}
