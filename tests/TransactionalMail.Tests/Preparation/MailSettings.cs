using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TransactionalMail.Tests.Mime;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Preparation;

/// <summary>Every setting that becomes part of a protocol line, by the name the header-injection corpus gives it, in an application that is otherwise in order.</summary>
internal static class MailSettings
{
    private static readonly Dictionary<string, (string Key, Action<SmtpOptions, DkimOptions, string> Set)> s_settings = new()
    {
        ["smtp.host"] = ("Transports:primary:Host", (smtp, _, value) => smtp.Host = value),
        ["smtp.localDomain"] = ("Transports:primary:LocalDomain", (smtp, _, value) => smtp.LocalDomain = value),
        ["dkim.domain"] = ("Dkim:0:Domain", (_, dkim, value) => dkim.Domain = value),
        ["dkim.selector"] = ("Dkim:0:Selector", (_, dkim, value) => dkim.Selector = value),
    };

    public static IEnumerable<string> Names => s_settings.Keys;

    /// <summary>Starts the application with one setting changed, from code and from configuration, and returns the faults it reports.</summary>
    public static IReadOnlyList<string> FaultsWith(string name, string value)
    {
        var (key, set) = s_settings[name];
        var faults = FaultsOf(FromCode(set, value));
        FaultsOf(FromConfiguration(key, value)).Should().Equal(faults, "code and configuration are judged alike");
        return faults;
    }

    private static ServiceCollection FromCode(Action<SmtpOptions, DkimOptions, string> set, string value)
    {
        var dkim = DkimTestKey.ForAcme(DkimTestKey.Ed25519);
        return Some.Services(
            builder => builder.AddSmtp("primary", smtp =>
            {
                smtp.Host = "relay.acme.example";
                set(smtp, dkim, value);
            }),
            options =>
            {
                set(new SmtpOptions(), dkim, value);
                options.Dkim.Add(dkim);
            });
    }

    private static ServiceCollection FromConfiguration(string key, string value)
    {
        var settings = new Dictionary<string, string?>
        {
            ["From"] = "no-reply@acme.example",
            ["Transports:primary:Provider"] = "smtp",
            ["Transports:primary:Host"] = "relay.acme.example",
            ["Dkim:0:Domain"] = "acme.example",
            ["Dkim:0:Selector"] = "m1",
            ["Dkim:0:PrivateKey"] = DkimTestKey.Ed25519,
            [key] = value,
        };
        var services = new ServiceCollection();
        services.AddTransactionalMail(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        return services;
    }

    private static IReadOnlyList<string> FaultsOf(ServiceCollection services)
    {
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<ITransactionalMailer>();
            return [];
        }
        catch (OptionsValidationException invalid)
        {
            return [.. invalid.Failures];
        }
    }
}
