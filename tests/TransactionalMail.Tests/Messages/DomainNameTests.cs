using TransactionalMail.Messages;

namespace TransactionalMail.Tests.Messages;

public sealed class DomainNameTests
{
    [Theory]
    [InlineData("Example.COM", "example.com")]
    [InlineData("localhost", "localhost")]
    [InlineData("3com.example", "3com.example")]
    [InlineData("r3---sn.example", "r3---sn.example")]
    [InlineData("MÜLLER.example", "xn--mller-kva.example")]
    [InlineData("faß.example", "xn--fa-hia.example")]
    [InlineData("XN--MLLER-KVA.example", "xn--mller-kva.example")]
    [InlineData("επσιλόνς.example", "xn--qxaigimpd8e.example")]
    [InlineData("राम.example", "xn--r2bd6b.example")]
    [InlineData("বাংলা.example", "xn--54b7fta0cc.example")]
    [InlineData("l·l.example", "xn--ll-0ea.example")]
    [InlineData("نامه\u200cای.example", "xn--mgba3gch31f060k.example")]
    public void Turns_a_domain_into_lower_case_A_labels_M04(string domain, string expected)
    {
        Assert.SkipWhen(DomainNeedsIcu(domain), "Composing needs ICU.");

        DomainName.TryToAscii(domain, out var ascii, out var problem).Should().BeTrue(problem);
        ascii.Should().Be(expected);
        DomainName.TryToAscii(ascii, out var again, out _).Should().BeTrue();
        again.Should().Be(ascii);
    }

    [Theory]
    [InlineData("", "*empty*")]
    [InlineData("example.com.", "*ends with a dot*")]
    [InlineData("a..example", "*label 2 is empty*")]
    [InlineData("a.-b.example", "*label 2 starts with a hyphen*")]
    [InlineData("a.b-.example", "*label 2 ends with a hyphen*")]
    [InlineData("a_b.example", "*label 1 has \"_\" (U+005F)*")]
    [InlineData("a;b.example", "*\";\" (U+003B)*")]
    [InlineData("a b.example", "*U+0020*")]
    [InlineData("a\r\nb.example", "*line break (U+000D) at position 2*")]
    [InlineData("a\0.example", "*control character (U+0000)*")]
    [InlineData("☃.example", "*U+2603*")]
    [InlineData("\u0301a.example", "*starts with the combining mark U+0301*")]
    [InlineData("aü--a.example", "*third and fourth*")]
    [InlineData("ａ.example", "*U+FF41*")]
    [InlineData("a。example", "*U+3002*")]
    [InlineData("a\u200bb.example", "*U+200B*")]
    [InlineData("a\u200db.example", "*U+200D*")]
    [InlineData("a\u202eb.example", "*U+202E*")]
    [InlineData("a·b.example", "*U+00B7*")]
    [InlineData("a\u212a.example", "*ASCII*")]
    [InlineData("a\ufffe.example", "*U+FFFE*")]
    [InlineData("İ.example", "*U+0130*")]
    [InlineData("ﬁ.example", "*U+FB01*")]
    [InlineData("xn--0.example", "*A-label*")]
    [InlineData("xn--abc-.example", "*ends with a hyphen*")]
    [InlineData("xn---tda.example", "*A-label*")]
    [InlineData("xn--n3h.example", "*A-label*")]
    public void Refuses_what_is_no_domain_and_says_why_M04(string domain, string expected)
    {
        DomainName.TryToAscii(domain, out var ascii, out var problem).Should().BeFalse();
        ascii.Should().BeEmpty();
        problem.Should().Match(expected);
    }

    [Theory]
    [InlineData("xn--")]
    [InlineData("xn--abc-")]
    public void Refuses_A_labels_that_encode_nothing_M04(string label) =>
        IdnLabel.FindProblemInALabel(label).Should().NotBeNull();

    // Attributes cannot hold lone surrogates.
    [Fact]
    public void Refuses_lone_surrogates_M02()
    {
        foreach (var domain in (string[])["\ud800.example", "a\udc00b", "\udc00\ud800"])
        {
            DomainName.TryToAscii(domain, out _, out var problem).Should().BeFalse();
            problem.Should().Contain("half a surrogate pair");
        }
    }

    [Fact]
    public void Counts_octets_as_they_go_on_the_wire_M04()
    {
        DomainName.TryToAscii(new string('a', 63) + ".example", out _, out _).Should().BeTrue();
        DomainName.TryToAscii(new string('a', 64) + ".example", out _, out var label).Should().BeFalse();
        label.Should().Contain("label 1 is 64 octets");
        DomainName.TryToAscii("ü" + new string('a', 59), out _, out var idn).Should().BeFalse();
        idn.Should().Contain("octets");

        var label63 = new string('a', 63) + ".";
        DomainName.TryToAscii(label63 + label63 + label63 + new string('b', 61), out _, out _).Should().BeTrue();
        DomainName.TryToAscii(label63 + label63 + label63 + new string('b', 62), out _, out var domain).Should().BeFalse();
        domain.Should().Contain("254 octets");
        DomainName.TryToAscii(string.Concat(Enumerable.Repeat("ü.", 1_000_000)) + "a", out _, out _).Should().BeFalse();
    }

    [Fact]
    public void Composes_a_decomposed_letter_or_refuses_it_but_never_addresses_another_domain_M04()
    {
        var composed = DomainName.TryToAscii("mu\u0308ller.example", out var ascii, out var problem);

        if (composed) ascii.Should().Be("xn--mller-kva.example");
        else problem.Should().Contain("U+0308");
        composed.Should().Be(!"e\u0301".IsNormalized());
    }

    private static bool DomainNeedsIcu(string domain) => domain.Contains('\u09be') && "e\u0301".IsNormalized();
}
