using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TransactionalMail.Testing;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Configuration;

public class ConfigurationTests
{
    [Fact]
    public void Registers_a_mailer_in_one_line()
    {
        var services = new ServiceCollection();

        services.AddTransactionalMail(o => o.From = "no-reply@acme.example").AddSmtp(smtp => smtp.Host = "relay.example");

        services.BuildServiceProvider(validateScopes: true).GetRequiredService<ITransactionalMailer>().Should().NotBeNull();
    }

    [Fact]
    public void Reads_transports_and_streams_from_configuration()
    {
        using var provider = FromJson("""
            { "From": "Acme <no-reply@acme.example>",
              "Transports": { "primary": "smtp://ada:s3cr3t@relay.example:2525?security=tls&SendTimeout=00:00:07",
                              "backup":  { "Provider": "smtp", "Host": "backup.example", "Security": "StartTls" } },
              "Streams": { "default": { "Transports": ["backup", "primary"] }, "receipts": { "Transports": ["primary"], "From": "billing@acme.example" } } }
            """).BuildServiceProvider();

        provider.GetRequiredService<ITransactionalMailer>().Should().NotBeNull();
        provider.GetRequiredKeyedService<ITransactionalMailer>("receipts").Should().NotBeNull();
        var streams = provider.GetRequiredService<TransactionalMail.Delivery.MailStreams>();
        streams.Find("default").Router.Transports.Select(t => t.Name).Should().Equal("backup", "primary");
        streams.Find("default").From!.Address.Should().Be("no-reply@acme.example");
        streams.Find("RECEIPTS").From!.Address.Should().Be("billing@acme.example");
    }

    [Fact]
    public void Lists_all_faults_at_once()
    {
        using var provider = FromJson("""
            { "From": "not an address", "Form": "x",
              "Transports": { "a": "smtp://u:s3cr3t@x@relay.example", "b": { "Provider": "smtp", "Hots": "relay.example" },
                              "c": { "Provider": "carrier-pigeon" }, "d": { "Host": "relay.example" },
                              "e": { "Provider": "smtp", "Host": "relay.example", "Port": "many" },
                              "f": "smtp://user@relay.example?security=none" },
              "Streams": { "default": { "Transports": ["a", "z"] }, "alerts": { "Transports": ["a"], "Form": "x", "From": "x" } },
              "Dkim": [ { "Domain": "", "Selector": "m1", "PrivateKeyPath": "/no/such/key.pem" } ] }
            """).BuildServiceProvider();

        var resolving = () => provider.GetRequiredService<ITransactionalMailer>();

        var faults = resolving.Should().Throw<OptionsValidationException>().Which;
        faults.Message.Should().NotContain("s3cr3t");
        faults.Failures.Should()
            .Contain(f => f.Contains("\"Form\""))
            .And.Contain(f => f.StartsWith("From is not"))
            .And.Contain(f => f.StartsWith("Transport \"a\": The DSN is malformed"))
            .And.Contain(f => f.Contains("\"Hots\"") && f.Contains("Host"))
            .And.Contain(f => f.Contains("\"carrier-pigeon\"") && f.Contains("\"smtp\""))
            .And.Contain(f => f.StartsWith("Transport \"d\" names no provider"))
            .And.Contain(f => f.Contains("Port") && f.Contains("\"e\""))
            .And.Contain(f => f.StartsWith("Transport \"f\": UserName and Password"))
            .And.Contain(f => f.StartsWith("Transport \"f\": A password would travel unencrypted"))
            .And.Contain(f => f.Contains("unknown transport \"z\""))
            .And.Contain(f => f.StartsWith("Streams:alerts:From"))
            .And.Contain(f => f.Contains("Streams:alerts:Form"))
            .And.Contain(f => f.Contains("Dkim[0]"));
    }

    [Fact]
    public async Task Fails_at_start_up_under_a_host()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTransactionalMail();
        using var host = builder.Build();

        var starting = () => host.StartAsync(TestContext.Current.CancellationToken);

        (await starting.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain("There is no transport");
    }

    [Fact]
    public void Code_overrides_configuration_whatever_the_order()
    {
        var services = new ServiceCollection();
        SmtpOptions? seen = null;
        services.AddTransactionalMail(o => o.From = "code@acme.example").AddSmtp("primary", smtp => { seen = smtp; smtp.Port = 2; });
        services.AddTransactionalMail(Json("""{ "From": "file@acme.example", "Transports": { "primary": "smtp://relay.example:1?LocalDomain=file.example" } }"""));
        using var provider = services.BuildServiceProvider();

        var stream = provider.GetRequiredService<TransactionalMail.Delivery.MailStreams>().Find("default");

        stream.From!.Address.Should().Be("code@acme.example");
        stream.Router.Transports.Should().ContainSingle();
        seen!.Port.Should().Be(2);
        seen.Host.Should().Be("relay.example");
        seen.LocalDomain.Should().Be("file.example");
    }

    [Fact]
    public void Uses_transports_in_order_of_registration_where_no_stream_names_any()
    {
        using var provider = Some.Services(mail => mail.AddTransport("z", "smtp://z.example").AddTransport("a", "smtp://a.example")).BuildServiceProvider();

        provider.GetRequiredService<TransactionalMail.Delivery.MailStreams>().Find("default").Router.Transports.Select(t => t.Name).Should().Equal("z", "a");
    }

    [Fact]
    public void Asks_for_an_order_where_several_transports_come_from_configuration()
    {
        using var provider = FromJson("""{ "Transports": { "z": "smtp://z.example", "a": "smtp://a.example" } }""").BuildServiceProvider();

        var resolving = () => provider.GetRequiredService<ITransactionalMailer>();

        resolving.Should().Throw<OptionsValidationException>().WithMessage("*Streams:default:Transports*\"a\", \"z\"*");
    }

    [Theory]
    [InlineData("Outbox", "PollInterval", "60.00:00:00")]
    [InlineData("Outbox", "LeaseDuration", "1.00:00:01")]
    [InlineData("Outbox", "StopTimeout", "10675199.02:48:05")]
    [InlineData(null, "IdempotencyWindow", "10675199.02:48:05")]
    public void Refuses_times_that_no_timer_can_wait_for(string? section, string name, string value)
    {
        var setting = $"\"{name}\": \"{value}\"";
        using var provider = FromJson($$"""{ "Transports": { "z": "smtp://z.example" }, {{(section is null ? setting : $"\"{section}\": {{ {setting} }}")}} }""").BuildServiceProvider();

        var resolving = () => provider.GetRequiredService<ITransactionalMailer>();

        resolving.Should().Throw<OptionsValidationException>().WithMessage($"*{name} is {value}*at most*");
    }

    [Theory]
    [InlineData("Metadata, OpenTracking", "*Streams:receipts:Requires OpenTracking, which transport \"backup\" cannot carry*")]
    [InlineData("EnvelopeSender", "*Streams:receipts:Requires EnvelopeSender, which transport \"main\" cannot carry*")]
    public void Finds_a_backup_that_cannot_carry_what_the_stream_requires(string required, string fault)
    {
        using var provider = Requiring(required).BuildServiceProvider();

        var resolving = () => provider.GetRequiredService<ITransactionalMailer>();

        resolving.Should().Throw<OptionsValidationException>().WithMessage(fault).Which.Failures.Should().ContainSingle();
    }

    [Fact]
    public void Is_content_where_every_transport_of_the_stream_can_carry_what_it_requires()
    {
        using var provider = Requiring("Metadata, Attachments").BuildServiceProvider();
        var test = Requiring("Metadata, OpenTracking");
        test.UseFakeMail();
        using var tested = test.BuildServiceProvider();

        provider.GetRequiredService<ITransactionalMailer>().Should().NotBeNull();
        tested.GetRequiredService<ITransactionalMailer>().Should().NotBeNull("the fake carries everything");
    }

    [Fact]
    public void Names_the_streams_when_a_mailer_is_keyed_by_an_unknown_one()
    {
        using var provider = Some.Services(mail => mail.AddSmtp(s => s.Host = "r.example").AddStream("receipts", _ => { })).BuildServiceProvider();

        var resolving = () => provider.GetRequiredKeyedService<ITransactionalMailer>("reciepts");

        resolving.Should().Throw<InvalidOperationException>().WithMessage("*\"reciepts\"*\"default\", \"receipts\"*");
    }

    [Fact]
    public void Registering_twice_is_harmless()
    {
        var services = Some.Services(mail => mail.AddSmtp(s => s.Host = "r.example"));
        services.AddTransactionalMail();
        using var provider = services.BuildServiceProvider();

        provider.GetServices<ITransactionalMailer>().Should().ContainSingle();
        provider.GetRequiredService<TransportRegistry>().Transports.Should().ContainSingle();
    }

    [Theory]
    [InlineData("pa.ss", "evil\r\nRCPT TO:<x@y>")]
    [InlineData("pa.ss", "a b")]
    [InlineData("pa.ss", "")]
    public void Refuses_a_local_domain_that_is_none_S30(string host, string localDomain)
    {
        using var provider = Some.Services(mail => mail.AddSmtp(s => { s.Host = host; s.LocalDomain = localDomain; })).BuildServiceProvider();

        var resolving = () => provider.GetRequiredService<ITransactionalMailer>();

        resolving.Should().Throw<OptionsValidationException>().WithMessage("*LocalDomain*");
    }

    [Theory]
    [InlineData("mail.acme.example")]
    [InlineData("[192.0.2.1]")]
    [InlineData("[IPv6:2001:db8::1]")]
    public void Accepts_an_ordinary_local_domain(string localDomain)
    {
        using var provider = Some.Services(mail => mail.AddSmtp(s => { s.Host = "r.example"; s.LocalDomain = localDomain; })).BuildServiceProvider();

        provider.GetRequiredService<ITransactionalMailer>().Should().NotBeNull();
    }

    [Fact]
    public void Fake_mail_needs_no_secret_of_the_application()
    {
        var services = FromJson("""{ "From": "a@acme.example", "Transports": { "primary": { "Provider": "smtp", "Host": "" } }, "Streams": { "receipts": { "Transports": ["primary"] } } }""");
        services.UseFakeMail();
        using var provider = services.BuildServiceProvider();

        provider.GetRequiredKeyedService<ITransactionalMailer>("receipts").Should().NotBeNull();
    }

    [Fact]
    public void Options_show_no_secret_P01()
    {
        new SmtpOptions { Host = "r.example", UserName = "u", Password = "s3cr3t" }.ToString().Should().NotContain("s3cr3t");
        new DkimOptions { Domain = "d.example", Selector = "m1", PrivateKey = "s3cr3t" }.ToString().Should().NotContain("s3cr3t");
    }

    private static IConfigurationRoot Json(string json) => new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json))).Build();

    private static ServiceCollection FromJson(string json)
    {
        var services = new ServiceCollection();
        services.AddTransactionalMail(Json(json));
        return services;
    }

    private static ServiceCollection Requiring(string features) => FromJson($$"""
        { "From": "shop@acme.example",
          "Transports": { "main": "postmark://token@default", "backup": "smtp://backup.example", "unused": "pickup:///tmp" },
          "Streams": { "default": { "Transports": ["unused"] }, "receipts": { "Transports": ["main", "backup"], "Requires": "{{features}}" } } }
        """);
}
