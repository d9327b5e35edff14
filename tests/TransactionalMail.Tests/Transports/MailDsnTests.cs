using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Transports;

public class MailDsnTests
{
    [Fact]
    public void Reads_every_part()
    {
        var dsn = MailDsn.Parse("SMTP://ada%40acme:p%40ss%3Aword@relay.example:2525/spool?security=none&LocalDomain=a.example");

        dsn.Scheme.Should().Be("smtp");
        dsn.UserName.Should().Be("ada@acme");
        dsn.Password.Should().Be("p@ss:word");
        dsn.Host.Should().Be("relay.example");
        dsn.Port.Should().Be(2525);
        dsn.Path.Should().Be("/spool");
        dsn.Settings["Security"].Should().Be("none");
        dsn.Settings["localdomain"].Should().Be("a.example");
    }

    [Theory]
    [InlineData("smtp://[::1]:25", "::1", 25)]
    [InlineData("smtp://127.0.0.1", "127.0.0.1", null)]
    [InlineData("pickup:///var/spool", "", null)]
    [InlineData("smtp://TOKEN@default", "default", null)]
    public void Reads_hosts_of_every_kind(string text, string host, int? port)
    {
        var dsn = MailDsn.Parse(text);

        dsn.Host.Should().Be(host);
        dsn.Port.Should().Be(port);
    }

    [Theory]
    [InlineData("relay.example", "begin with a provider")]
    [InlineData("://relay.example", "begin with a provider")]
    [InlineData("smtp://ada:s3cr3t@x@relay.example", "percent-encode")]
    [InlineData("smtp://ada:s3cr3t/x@relay.example", "percent-encode")]
    [InlineData("smtp://ada:s3cr3t?x@relay.example", "percent-encode")]
    [InlineData("smtp://ada:s3cr3t#x@relay.example", "percent-encode")]
    [InlineData("smtp://ada:s3cr3t%x@relay.example", "percent-encode")]
    [InlineData("smtp://ada:s3cr3t@relay.example:99999", "port")]
    [InlineData("smtp://ada:s3cr3t@rel ay.example", "host")]
    [InlineData("smtp://ada:s3cr3t@relay.example?novalue", "name=value")]
    [InlineData("smtp://ada:s3cr3t@relay.example?a=1&A=2", "twice")]
    [InlineData("smtp://ada:s3cr3t@relay.example\r\nRCPT", "line break")]
    public void Says_what_is_wrong_without_showing_the_secret_P01(string text, string because)
    {
        var reading = () => MailDsn.Parse(text);

        reading.Should().Throw<FormatException>().WithMessage($"*{because}*").Which.ToString().Should().NotContain("s3cr3t");
    }

    [Fact]
    public void Shows_neither_credentials_nor_settings_P01() =>
        MailDsn.Parse("smtp://ada:s3cr3t@[::1]:25?key=s3cr3t").ToString().Should().Be("smtp://***@[::1]:25");
}
