using System.Text.RegularExpressions;

namespace TransactionalMail.Tests.Mime;

public sealed partial class DkimDnsRecordTests
{
    // The key pair of RFC 8463 appendix A, its seed wrapped as PKCS #8.
    private const string Rfc8463PrivateKey = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----";

    [Fact]
    public void Publishes_the_ed25519_key_of_the_rfc()
    {
        var record = DkimDnsRecord.For(DkimTestKey.For("football.example.com", Rfc8463PrivateKey, "brisbane"));

        record.Name.Should().Be("brisbane._domainkey.football.example.com");
        record.Value.Should().Be("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
        record.ToString().Should().Be("brisbane._domainkey.football.example.com. IN TXT ( \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\" )");
    }

    [Fact]
    public void Splits_a_long_key_into_strings_that_dns_can_hold()
    {
        var record = DkimDnsRecord.For(DkimTestKey.For("Bücher.example", DkimTestKey.Rsa(4096), "M1"));

        record.Name.Should().Be("m1._domainkey.xn--bcher-kva.example");
        record.Value.Should().StartWith("v=DKIM1; k=rsa; p=MIICIjANBgkqhkiG9w0BAQEFAAOCAg8A");
        var strings = Quoted().Matches(record.ToString()).Select(match => match.Groups[1].Value).ToList();
        strings.Should().HaveCount(3).And.OnlyContain(text => text.Length <= 255);
        string.Concat(strings).Should().Be(record.Value);
    }

    [Fact]
    public void Says_what_is_wrong_with_the_key()
    {
        var from = () => DkimDnsRecord.For(DkimTestKey.ForAcme("nonsense"));

        from.Should().Throw<FormatException>().WithMessage("*There is no PEM text*");
    }

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();
}
