using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Mime;

namespace TransactionalMail.Tests.Mime;

public sealed class DkimRotationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dkim").FullName;
    private readonly FakeTimeProvider _time = new(Compose.Date);
    private readonly FakeLogger<DkimSigning> _logger = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_key_changed_in_the_options_is_used_at_once()
    {
        var options = SettableOptions.With(DkimTestKey.ForAcme(DkimTestKey.Rsa2048));
        using var signing = Signing(options);
        (await VerifiesAsync(signing, DkimTestKey.Rsa2048)).Should().BeTrue();

        options.Change(DkimTestKey.ForAcme(DkimTestKey.OtherRsa2048));

        (await VerifiesAsync(signing, DkimTestKey.OtherRsa2048)).Should().BeTrue();
    }

    [Fact]
    public async Task A_key_changed_in_its_file_is_used_within_seconds()
    {
        var path = Path.Combine(_folder, "dkim.pem");
        await WriteAsync(path, DkimTestKey.Rsa2048);
        using var signing = Signing(SettableOptions.With(FromFile(path)));
        (await VerifiesAsync(signing, DkimTestKey.Rsa2048)).Should().BeTrue();

        await WriteAsync(path, DkimTestKey.OtherRsa2048);
        (await VerifiesAsync(signing, DkimTestKey.Rsa2048)).Should().BeTrue("files are looked at every few seconds, not with every mail");

        _time.Advance(TimeSpan.FromSeconds(5));
        (await VerifiesAsync(signing, DkimTestKey.OtherRsa2048)).Should().BeTrue();
    }

    [Fact]
    public async Task A_key_behind_swapped_symbolic_links_is_noticed()
    {
        // As Kubernetes mounts secrets: dkim.pem -> ..data/dkim.pem, ..data -> ..first, later ..second.
        foreach (var (version, pem) in new[] { ("..first", DkimTestKey.Rsa2048), ("..second", DkimTestKey.OtherRsa2048) })
        {
            Directory.CreateDirectory(Path.Combine(_folder, version));
            await WriteAsync(Path.Combine(_folder, version, "dkim.pem"), pem);
        }

        var data = Path.Combine(_folder, "..data");
        Directory.CreateSymbolicLink(data, "..first");
        var path = Path.Combine(_folder, "dkim.pem");
        File.CreateSymbolicLink(path, Path.Combine("..data", "dkim.pem"));
        using var signing = Signing(SettableOptions.With(FromFile(path)));
        (await VerifiesAsync(signing, DkimTestKey.Rsa2048)).Should().BeTrue();

        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, "..second");
        _time.Advance(TimeSpan.FromSeconds(5));

        (await VerifiesAsync(signing, DkimTestKey.OtherRsa2048)).Should().BeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nCANARYCANARYCANARYCANARY\n-----END PRIVATE KEY-----")]
    [InlineData(null)]
    public async Task A_bad_replacement_keeps_the_old_key_and_is_logged_once_without_the_key_P01(string? replacement)
    {
        var path = Path.Combine(_folder, "dkim.pem");
        await WriteAsync(path, DkimTestKey.Rsa2048);
        using var signing = Signing(SettableOptions.With(FromFile(path)));
        (await VerifiesAsync(signing, DkimTestKey.Rsa2048)).Should().BeTrue();

        if (replacement is null) File.Delete(path);
        else await WriteAsync(path, replacement);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(6));
            (await VerifiesAsync(signing, DkimTestKey.Rsa2048)).Should().BeTrue();
        }

        var error = _logger.Collector.GetSnapshot().Should().ContainSingle(record => record.Level == LogLevel.Error).Subject;
        error.Message.Should().Contain("m1._domainkey.acme.example").And.NotContain("CANARY");

        await WriteAsync(path, DkimTestKey.OtherRsa2048);
        _time.Advance(TimeSpan.FromSeconds(6));
        (await VerifiesAsync(signing, DkimTestKey.OtherRsa2048)).Should().BeTrue("a good replacement is taken after a bad one");
    }

    [Fact]
    public async Task A_fault_in_one_key_keeps_all_so_that_no_mail_goes_unsigned()
    {
        var options = SettableOptions.With(DkimTestKey.ForAcme(DkimTestKey.Rsa2048));
        using var signing = Signing(options);
        (await VerifiesAsync(signing, DkimTestKey.Rsa2048)).Should().BeTrue();

        options.Change(DkimTestKey.ForAcme("not a key", "m9"));

        (await VerifiesAsync(signing, DkimTestKey.Rsa2048)).Should().BeTrue();
    }

    [Fact]
    public async Task Options_that_fail_validation_on_reload_keep_the_old_key_and_are_logged_once()
    {
        var options = SettableOptions.With(DkimTestKey.ForAcme(DkimTestKey.Rsa2048));
        using var signing = Signing(options);
        (await VerifiesAsync(signing, DkimTestKey.Rsa2048)).Should().BeTrue();

        options.Break("Streams: there is no transport.");
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(6));
            (await VerifiesAsync(signing, DkimTestKey.Rsa2048)).Should().BeTrue();
        }

        _logger.Collector.GetSnapshot().Should().ContainSingle(record => record.Level == LogLevel.Error).Which.Message.Should().Contain("Streams: there is no transport.");
    }

    [Fact]
    public async Task Without_a_usable_key_from_the_start_nothing_is_sent_unsigned()
    {
        using var signing = Signing(SettableOptions.With(DkimTestKey.ForAcme("not a key")));

        for (var i = 0; i < 2; i++)
        {
            var sign = () => VerifiesAsync(signing, DkimTestKey.Rsa2048);
            (await sign.Should().ThrowAsync<OptionsValidationException>()).Which.Failures.Should().ContainSingle().Which.Should().Contain("m1._domainkey.acme.example");
        }
    }

    [Fact]
    public async Task A_weak_key_signs_and_is_warned_of_once()
    {
        var weak = DkimTestKey.Rsa(1024);
        using var signing = Signing(SettableOptions.With(DkimTestKey.ForAcme(weak), DkimTestKey.ForAcme(DkimTestKey.Rsa2048, "m2")));

        await VerifiesAsync(signing, weak);
        await VerifiesAsync(signing, weak);

        _logger.Collector.GetSnapshot().Should().ContainSingle(record => record.Level == LogLevel.Warning).Which
            .Message.Should().Contain("m1._domainkey.acme.example").And.NotContain("m2");
    }

    [Fact]
    public async Task Nothing_logged_or_printed_holds_key_material_P01()
    {
        var options = DkimTestKey.ForAcme(DkimTestKey.Ed25519);
        using var signing = Signing(SettableOptions.With(options));
        await VerifiesAsync(signing, DkimTestKey.Ed25519);

        var secret = DkimTestKey.Ed25519.Split('\n')[1][20..];
        var printed = string.Join('\n', _logger.Collector.GetSnapshot().Select(record => record.ToString()).Append(options.ToString()).Append(DkimDnsRecord.For(options).ToString()));
        printed.Should().Contain("m1._domainkey.acme.example").And.NotContain(secret);
    }

    private DkimSigning Signing(SettableOptions options) => new(options, _time, _logger);

    private static DkimOptions FromFile(string path) => new() { Domain = "acme.example", Selector = "m1", PrivateKeyPath = path };

    private static Task WriteAsync(string path, string text) => File.WriteAllTextAsync(path, text, Encoding.ASCII, TestContext.Current.CancellationToken);

    private static async Task<bool> VerifiesAsync(DkimSigning signing, string pem)
    {
        using var composed = await Compose.MimeAsync(Compose.Message, signing);
        var results = DkimCheck.For(DkimTestKey.ForAcme(pem, "m1"), DkimTestKey.ForAcme(DkimTestKey.Rsa2048, "m2")).Verify(Compose.Bytes(composed));
        return results.Count > 0 && results.All(result => result);
    }
}
