using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Mime;
using TransactionalMail.Tests.Mime;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Mailgun;
using TransactionalMail.Transports.Postmark;
using TransactionalMail.Transports.SendGrid;
using TransactionalMail.Transports.Ses;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Canaries;

/// <summary>Settings that are wrong, and secrets that stand where they do not belong.</summary>
[Collection(nameof(CanaryCage))]
public class ConfigurationCanaryTests
{
    internal static readonly CanaryFaults Faults = FindFaults();

    public static TheoryData<string> Names => Faults.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Tells_what_is_wrong_with_settings_without_their_secrets_P01(string fault) => Faults.RunAsync(fault);

    [Fact]
    public void Settings_show_no_secret_P01()
    {
        using var cage = new CanaryCage();
        var smtp = new SmtpOptions { Host = "relay.example" };
        Plants.Credentials(smtp);

        cage.Show(smtp);
        cage.Show(new DkimOptions { Domain = "acme.example", Selector = "m1", PrivateKey = Plants.KeyPem });
        cage.Show(new DkimOptions { Domain = "acme.example", Selector = Plants.KeyPem, PrivateKeyPath = Plants.KeyPem });
        cage.Show(new DkimOptions { Domain = Plants.KeyPem, Selector = "m1" });
        foreach (var address in (string[])[$"https://{Plants.DsnUserName}:{Plants.DsnPassword}@api.example/{Plants.Misplaced}?{Plants.Misplaced}", Plants.Misplaced.Value])
        {
            var uri = new Uri(address, UriKind.RelativeOrAbsolute);
            cage.Show(new MailgunOptions { ApiKey = Plants.Password, Domain = "mg.example.com", BaseAddress = uri });
            cage.Show(new PostmarkOptions { Token = Plants.Password, BaseAddress = uri });
            cage.Show(new SendGridOptions { ApiKey = Plants.Password, BaseAddress = uri });
            cage.Show(new SesOptions { AccessKeyId = Plants.UserName, SecretAccessKey = Plants.Password, SessionToken = Plants.Token, BaseAddress = uri });
        }

        cage.Show(MailDsn.Parse($"smtp://{Plants.DsnUserName}:{Plants.DsnPassword}@relay.example:25/{Plants.Misplaced}?x={Plants.Misplaced}"));
        cage.Show(new TransactionalMailOptions { Dkim = { DkimTestKey.ForAcme(Plants.KeyPem) } });
        cage.Show(DkimDnsRecord.For(DkimTestKey.ForAcme(Plants.KeyPem)));

        cage.Count("ToString").Should().BeGreaterThan(5);
        cage.ShouldHoldEveryCanary();
    }

    private static CanaryFaults FindFaults()
    {
        var (user, password, misplaced) = (Plants.DsnUserName, Plants.DsnPassword, Plants.Misplaced);
        var faults = new CanaryFaults();
        foreach (var dsn in new[]
        {
            $"smtp:{user}:{password}@relay.example", $"{user}:{password}@smtp://relay.example", $"{misplaced}", $"{misplaced}://default", $"smtp//{user}:{password}@relay.example",
            $"smtp://{user}:{password}@x@relay.example", $"smtp://{user}:{password}/x@relay.example", $"smtp://{user}:{password}?x@relay.example", $"smtp://{user}:{password}#@relay.example",
            $"smtp://{user}:{password}%zz@relay.example", $"smtp://{user}:{password}@relay example", $"smtp://{user}:{password}@relay.example:{misplaced}", $"smtp://{user}:{password}@relay.example?{misplaced}",
            $"smtp://{user}:{password}@relay.example?security={misplaced}", $"smtp://{user}:{password}@relay.example?security=none", $"smtp://{user}@relay.example", $"smtp://{user}:{password}@relay.example?a={misplaced}&a={password}",
            $"smtp://{user}:{password}@relay.example?SendTimeout={misplaced}", $"smtp://{user}:{password}@relay.example?LocalDomain={misplaced}!", $"smtp://{user}:{password}\r\n@relay.example",
            $"smtp://{user}:12/{password}@relay.example", $"smtp://ada@acme.example:12/{password}@relay.example", $"smtp://ada@acme.example:12?{password}=1@relay.example",
        })
        {
            Settings($"DSN {Masked(dsn)}", $$"""{ "Transports": { "a": {{Json(dsn)}} } }""");
            faults.Add($"DSN in code {Masked(dsn)}", cage => StartAsync(cage, services => services.AddTransactionalMail(o => o.From = "a@acme.example").AddTransport("a", dsn)));
        }

        foreach (var (provider, key) in ((string, string)[])[("mailgun", "\"Domain\": \"mg.example.com\", \"ApiKey\""), ("postmark", "\"Token\""), ("sendgrid", "\"ApiKey\"")])
        {
            foreach (var rest in (string[])[$":{user}@default", $"://{user}", $"://{user}@", $"://{user}:{password}@default:{misplaced}", $"://{user}@default?{misplaced}", $"://{user}@default?timeout={misplaced}", $"://{user}%0D%0A@default", $"://{user}%zz@default", $"://{user}@default/{misplaced}%20/"])
            {
                Settings($"DSN {provider}{Masked(rest)}", $$"""{ "Transports": { "a": {{Json($"{provider}{rest}")}}, "b": { "Provider": "smtp" } } }""");
            }

            foreach (var (setting, value) in ((string, string)[])[("BaseAddress", misplaced.Value), ("BaseAddress", $"http://{user}:{password}@api.example/{misplaced}"), ("Timeout", misplaced.Value)])
            {
                Settings($"{provider}: {setting} {Masked(value)}", $$"""{ "Transports": { "a": { "Provider": "{{provider}}", {{key}}: {{Json(Plants.Password)}}, "{{setting}}": {{Json(value)}} } } }""");
            }
        }

        Settings("a port that is the password", $$"""{ "Transports": { "a": { "Provider": "smtp", "Host": "relay.example", "UserName": {{Json(Plants.UserName)}}, "Password": {{Json(Plants.Password)}}, "Port": {{Json(Plants.Password)}} } } }""");
        Settings("a host that is a DSN", $$"""{ "Transports": { "a": { "Provider": "smtp", "Host": "smtp://{{user}}:{{password}}@relay.example" } } }""");
        Settings("a password without a user", $$"""{ "Transports": { "a": { "Provider": "smtp", "Host": "relay.example", "Password": {{Json(Plants.Password)}} } } }""");
        Settings("a password in clear text", $$"""{ "Transports": { "a": { "Provider": "smtp", "Host": "relay.example", "Security": "None", "UserName": {{Json(Plants.UserName)}}, "Password": {{Json(Plants.Password)}} } } }""");
        Settings("a misspelt key of a secret", $$"""{ "Transports": { "a": { "Provider": "smtp", "Host": "relay.example", "Pasword": "{{password}}" } }, "Secret": "{{misplaced}}" }""");
        Settings("an author that is a secret", $$"""{ "Transports": { "a": "smtp://relay.example" }, "From": "{{misplaced}}" }""");
        Settings("a pickup folder with NUL", $$"""{ "Transports": { "a": "pickup:///{{misplaced}}%00" } }""");
        faults.Add("a staging inbox that is no address", cage => StartAsync(cage, services => Ready(services).AddStagingRedirect($"{Plants.StagingInbox.LocalPart} at {Plants.StagingInbox.Domain}", o =>
        {
            o.AllowedAddresses.Add(Plants.To[0].LocalPart);
            o.AllowedDomains.Add($"{Plants.To[0].Domain}!");
            o.SubjectPrefix = $"{Plants.Subject}\n";
        })));

        foreach (var (name, pem) in Keys())
        {
            Key($"key: {name}", new DkimOptions { Domain = "acme.example", Selector = "m1", PrivateKey = pem });
            Key($"path that is a key: {name}", new DkimOptions { Domain = "acme.example", Selector = "m1", PrivateKeyPath = pem });
            // A short one may be a name, for all anybody can tell.
            if (pem.StartsWith("-----", StringComparison.Ordinal))
            {
                Key($"selector that is a key: {name}", new DkimOptions { Domain = "acme.example", Selector = pem, PrivateKey = pem });
                Key($"domain that is a key: {name}", new DkimOptions { Domain = pem, Selector = "m1", PrivateKey = pem });
            }

            faults.Add($"file with a bad key: {name}", async cage =>
            {
                var file = Path.GetTempFileName();
                await File.WriteAllTextAsync(file, pem, CanaryFaults.Ct);
                await FailToStartAsync(cage, new DkimOptions { Domain = "acme.example", Selector = "m-1", PrivateKeyPath = file });
                File.Delete(file);
            });
        }

        Key("a key that is a path", new DkimOptions { Domain = "acme.example", Selector = "m1", PrivateKey = $"/run/secrets/{Plants.Misplaced}" });
        Key("a path to nothing", new DkimOptions { Domain = "acme.example", Selector = "m1", PrivateKeyPath = "/nowhere/dkim.pem" });
        Key("a path to a folder", new DkimOptions { Domain = "acme.example", Selector = "m1", PrivateKeyPath = Path.GetTempPath() });
        Key("a key and a path", new DkimOptions { Domain = "acme.example", Selector = "m1", PrivateKeyPath = "/nowhere/dkim.pem", PrivateKey = Plants.KeyPem });
        faults.Add("a key that turns bad while the application runs", ReloadBadKeyAsync);
        return faults;

        string Masked(string text) => text.Replace(user.Value, "USER", StringComparison.Ordinal).Replace(password.Value, "PASSWORD", StringComparison.Ordinal).Replace(misplaced.Value, "SECRET", StringComparison.Ordinal).ReplaceLineEndings("<CRLF>");

        void Settings(string name, string json) => faults.Add(name, cage => StartAsync(cage, services => services.AddTransactionalMail(
            new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build())));

        void Key(string name, DkimOptions key) => faults.Add(name, cage => FailToStartAsync(cage, key));
    }

    private static IEnumerable<(string Name, string Pem)> Keys()
    {
        var body = Convert.ToBase64String(Encoding.ASCII.GetBytes(Plants.BadKey + new string('x', 200)));
        yield return ("no PEM", Plants.BadKey.Value);
        yield return ("no key in it", $"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----");
        yield return ("of PKCS #1 with nothing in it", $"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----");
        yield return ("encrypted", $"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{body}\n-----END ENCRYPTED PRIVATE KEY-----");
        yield return ("public", $"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----");
        yield return ("cut", Plants.KeyPem[..(Plants.KeyPem.Length - 60)]);
        yield return ("cut in the middle", Plants.KeyPem.Remove(900, 65));
        yield return ("on one line with \\n", Plants.KeyPem.Replace("\n", "\\n", StringComparison.Ordinal));
        yield return ("with a canary in its base64", $"-----BEGIN PRIVATE KEY-----\n{Plants.BadKey}.!\n-----END PRIVATE KEY-----");
    }

    private static TransactionalMailBuilder Ready(IServiceCollection services) => services.AddTransactionalMail(o => o.From = "a@acme.example").AddSmtp(s => s.Host = "relay.example");

    private static Task FailToStartAsync(CanaryCage cage, DkimOptions key) => StartAsync(cage, services =>
    {
        cage.Show(key);
        Ready(services);
        services.PostConfigure<TransactionalMailOptions>(o => o.Dkim.Add(key));
    });

    /// <summary>Fails twice: under a host, and in a container without one.</summary>
    private static async Task StartAsync(CanaryCage cage, Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        configure(builder.Services);
        cage.Watch(builder.Services);
        using var host = builder.Build();

        await cage.CatchAsync<Exception>(() => host.StartAsync(CanaryFaults.Ct));
        await cage.CatchAsync<Exception>(() => host.Services.GetRequiredService<ITransactionalMailer>().SendAsync(Plants.Mail(), CanaryFaults.Ct));
    }

    private static async Task ReloadBadKeyAsync(CanaryCage cage)
    {
        var clock = Some.Clock();
        var options = SettableOptions.With(DkimTestKey.ForAcme(Plants.KeyPem));
        var services = new ServiceCollection();
        cage.Watch(services);
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<Microsoft.Extensions.Options.IOptionsMonitor<TransactionalMailOptions>>(options);
        services.AddSingleton<DkimSigning>();
        await using var provider = services.BuildServiceProvider();
        var signing = provider.GetRequiredService<DkimSigning>();
        Sign();

        foreach (var (_, pem) in Keys())
        {
            options.Change(DkimTestKey.ForAcme(pem));
            Sign();
        }

        cage.Count("log").Should().BeGreaterThan(Keys().Count(), "each change was refused");

        void Sign()
        {
            using var message = new MimeKit.MimeMessage { Body = new MimeKit.TextPart("plain") { Text = "x" } };
            message.From.Add(new MimeKit.MailboxAddress(null, "a@acme.example"));
            signing.Sign(message, "acme.example");
        }
    }

    private static string Json(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
