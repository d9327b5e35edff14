namespace TransactionalMail.Tests.Messages;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("ada@example.com", null, "ada@example.com")]
    [InlineData("<ada@example.com>", null, "ada@example.com")]
    [InlineData("Ada <ada@example.com>", "Ada", "ada@example.com")]
    [InlineData("Ada<ada@example.com>", "Ada", "ada@example.com")]
    [InlineData("Acme Inc. <no-reply@acme.example>", "Acme Inc.", "no-reply@acme.example")]
    [InlineData("Zoë Müller <zoe@example.com>", "Zoë Müller", "zoe@example.com")]
    [InlineData("山田太郎 <taro@例え.example>", "山田太郎", "taro@例え.example")]
    [InlineData("\"Lovelace, Ada\" <ada@example.com>", "Lovelace, Ada", "ada@example.com")]
    [InlineData("\"Ada \\\"Countess\\\" \\\\\" <ada@example.com>", "Ada \"Countess\" \\", "ada@example.com")]
    [InlineData("\"a>b\" <\"c>d\"@example.com>", "a>b", "\"c>d\"@example.com")]
    [InlineData("\"\" <ada@example.com>", null, "ada@example.com")]
    [InlineData("\"a<b\"@example.com", null, "\"a<b\"@example.com")]
    public void Reads_an_address_with_or_without_a_display_name(string text, string? displayName, string address)
    {
        EmailAddress read = text;

        read.DisplayName.Should().Be(displayName);
        read.Address.Should().Be(address);
        EmailAddress.Parse(read.ToString(), null).Should().Match<EmailAddress>(again => again == read && again.DisplayName == displayName);
        EmailAddress.TryParse(text, out var tried).Should().BeTrue();
        tried.Should().Be(read);
    }

    [Theory]
    [InlineData("", "*empty*")]
    [InlineData("ada", "*no @*")]
    [InlineData("@example.com", "*before the @*")]
    [InlineData("ada@", "*domain is empty*")]
    [InlineData("a b@example.com", "*U+0020 at position 2*")]
    [InlineData(" ada@example.com", "*U+0020 at position 1*")]
    [InlineData("ada@example.com ", "*comment or a space*")]
    [InlineData("ada.@example.com", "*dot*")]
    [InlineData("a..b@example.com", "*dot*")]
    [InlineData("a@b@example.com", "*two @*")]
    [InlineData("a@example.com, b@example.com", "*element of its own*")]
    [InlineData("a@example.com; b@example.com", "*element of its own*")]
    [InlineData("a@example.com, B <b@example.com>", "*element of its own*")]
    [InlineData("A <a@example.com>, B <b@example.com>", "*element of its own*")]
    [InlineData("A <a@example.com> B", "*follows the address*")]
    [InlineData("A <a@example.com", "*does not close*")]
    [InlineData("<", "*does not close*")]
    [InlineData("<>", "*empty*")]
    [InlineData("\"", "*double quote*")]
    [InlineData("\"\"", "*double quotes*")]
    [InlineData("\"\\", "*double quote*")]
    [InlineData("A <a@b@example.com>", "*two @*")]
    [InlineData("a@example.com <b@example.com>", "*display name has \"@\"*")]
    [InlineData("Team: a@example.com;", "*element of its own*")]
    [InlineData("(Ada) ada@example.com", "*comment*")]
    [InlineData("ada@example.com (Ada)", "*comment*")]
    [InlineData("\"ada@example.com", "*double quote*")]
    [InlineData("\"Ada\" ada@example.com", "*double quotes*")]
    [InlineData("\"a\"b@example.com", "*position 4*")]
    [InlineData("\"a\\é\"@example.com", "*backslash*")]
    [InlineData("a\u200bda@example.com", "*U+200B at position 2*")]
    [InlineData("\u202aada@example.com", "*U+202A at position 1*")]
    [InlineData("a\u00a0da@example.com", "*U+00A0*")]
    [InlineData("a\r\nda@example.com", "*line break (U+000D) at position 2*")]
    [InlineData("A\u2028B <a@example.com>", "*line break (U+2028) at position 2*")]
    [InlineData("\"A\tB\" <a@example.com>", "*control character (U+0009)*")]
    [InlineData("=?utf-8?q?Ada?= <ada@example.com>", "*encoded word*")]
    [InlineData("ada@[1.2.3]", "*address literal*")]
    [InlineData("ada@[01.2.3.4]", "*address literal*")]
    [InlineData("ada@[IPv6:1::2%eth0]", "*address literal*")]
    [InlineData("ada@[IPv6:[::1]:25]", "*address literal*")]
    [InlineData("ada@[IPv6:00001::1]", "*address literal*")]
    [InlineData("ada@[IPv6:::010.2.3.4]", "*address literal*")]
    [InlineData("ada@[IPv6:::1.2.3]", "*address literal*")]
    [InlineData("ada@[IPv6:::1.2.3.4:5]", "*address literal*")]
    [InlineData("ada@[IPv6:1.2.3.4]", "*address literal*")]
    [InlineData("ada@[IPv6:]", "*address literal*")]
    [InlineData("ada@[]", "*address literal*")]
    [InlineData("ada@[2001:db8::1]", "*address literal*")]
    public void Refuses_what_is_no_address_saying_why_and_without_quoting_it_M03(string text, string expected)
    {
        var parse = () => EmailAddress.Parse(text, null);

        var message = parse.Should().Throw<FormatException>().Which.Message;
        message.Should().Match(expected).And.NotContain("example.com\"");
        if (text.Contains("ada", StringComparison.Ordinal)) message.Replace("ada@example.com", "", StringComparison.Ordinal).Should().NotContain("ada");
        EmailAddress.TryParse(text, null, out var result).Should().BeFalse();
        result.Should().BeNull();
    }

    // Attributes cannot hold lone surrogates.
    [Fact]
    public void Refuses_lone_surrogates_everywhere_M02()
    {
        foreach (var text in (string[])["A\ud83d <a@example.com>", "\"\udc00\" <a@example.com>", "a\ud800@example.com", "\"\ud800\"@example.com", "a@\ud800.example", "\udc00"])
        {
            FluentActions.Invoking(() => EmailAddress.Parse(text, null)).Should().Throw<FormatException>().WithMessage("*half a surrogate pair*");
        }

        FluentActions.Invoking(() => new EmailAddress("a@example.com", "x\ud800y")).Should().Throw<FormatException>().WithMessage("*half a surrogate pair (U+D800) at position 2*");
    }

    [Fact]
    public void Refuses_null_as_the_programming_error_it_is()
    {
        FluentActions.Invoking(() => new EmailAddress(null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => EmailAddress.Parse(null!, null)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => (EmailAddress)null!).Should().NotThrow();
        FluentActions.Invoking(() => (EmailAddress)(string)null!).Should().Throw<ArgumentNullException>();
        EmailAddress.TryParse(null, out _).Should().BeFalse();
    }

    [Fact]
    public void Keeps_what_its_author_wrote_and_knows_what_SMTP_carries_M04()
    {
        var address = new EmailAddress("\"Zoë\"@MÜLLER.Example", "Zoë");

        address.Address.Should().Be("\"Zoë\"@MÜLLER.Example");
        address.LocalPart.Should().Be("\"Zoë\"");
        address.Domain.Should().Be("MÜLLER.Example");
        address.AsciiDomain.Should().Be("xn--mller-kva.example");
        address.SmtpAddress.Should().Be("Zoë@xn--mller-kva.example");
    }

    [Theory]
    [InlineData("ada@müller.example", false)]
    [InlineData("zoë@example.com", true)]
    [InlineData("\"zoë \"@example.com", true)]
    public void Requires_SMTPUTF8_for_the_local_part_only_S23(string address, bool expected) =>
        new EmailAddress(address).RequiresSmtpUtf8.Should().Be(expected);

    [Theory]
    [InlineData("ada@example.com", "Ada <ada@EXAMPLE.com>", true)]
    [InlineData("ada@müller.example", "ada@xn--mller-kva.example", true)]
    [InlineData("ada@müller.example", "ada@XN--MLLER-KVA.EXAMPLE", true)]
    [InlineData("ada@MÜLLER.example", "ada@müller.example", true)]
    [InlineData("\"ada\"@example.com", "ada@example.com", true)]
    [InlineData("\"a\\b c\"@example.com", "\"ab c\"@example.com", true)]
    [InlineData("ada@[IPv6:2001:DB8:0:0::1]", "ada@[ipv6:2001:db8::1]", true)]
    [InlineData("ada@example.com", "Ada@example.com", false)]
    [InlineData("ada@example.com", "ada+news@example.com", false)]
    [InlineData("ada@example.com", "ada@example.org", false)]
    public void Equals_what_SMTP_cannot_tell_apart_X02(string left, string right, bool expected)
    {
        EmailAddress a = left, b = right;

        (a == b).Should().Be(expected);
        a.Equals(b).Should().Be(expected);
        new[] { a, b }.Distinct().Should().HaveCount(expected ? 1 : 2);
    }

    [Fact]
    public void Counts_octets_not_characters_M03()
    {
        FluentActions.Invoking(() => new EmailAddress(new string('a', 64) + "@example.com")).Should().NotThrow();
        FluentActions.Invoking(() => new EmailAddress(new string('a', 65) + "@example.com")).Should().Throw<FormatException>().WithMessage("*65 octets*");
        FluentActions.Invoking(() => new EmailAddress(new string('ü', 33) + "@example.com")).Should().Throw<FormatException>().WithMessage("*66 octets*");

        var domain = string.Join('.', Enumerable.Repeat(new string('d', 60), 4));
        FluentActions.Invoking(() => new EmailAddress(new string('a', 10) + "@" + domain)).Should().NotThrow();
        FluentActions.Invoking(() => new EmailAddress(new string('a', 11) + "@" + domain)).Should().Throw<FormatException>().WithMessage("*255 octets*");
    }

    [Theory]
    [InlineData("Ada")]
    [InlineData(" Ada ")]
    [InlineData("Lovelace, Ada")]
    [InlineData("a\"b\\c")]
    [InlineData("ada@example.com")]
    [InlineData("<script>")]
    [InlineData("Ada \u202e (RTL)")]
    [InlineData("O'Brien")]
    public void Writes_a_form_that_reads_back(string displayName)
    {
        var address = new EmailAddress("ada@example.com", displayName);

        EmailAddress.Parse(address.ToString(), null).DisplayName.Should().Be(displayName);
    }

    [Theory]
    [InlineData("x\r\nBcc: a@example.com")]
    [InlineData("x\0")]
    [InlineData("x\u0085")]
    [InlineData("x\u2029")]
    [InlineData("=?utf-8?b?QQ==?=")]
    public void Refuses_a_display_name_that_could_leave_its_line_M01_M02(string displayName) =>
        FluentActions.Invoking(() => new EmailAddress("ada@example.com", displayName)).Should().Throw<FormatException>().WithMessage("*display name*");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Counts_a_blank_display_name_as_none(string? displayName) =>
        new EmailAddress("ada@example.com", displayName).DisplayName.Should().BeNull();
}
