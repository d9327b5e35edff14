using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Messages;

namespace TransactionalMail.Transports.Smtp;

/// <summary>Any relay that speaks SMTP (RFC 5321): <c>smtp://user:password@host:587?security=starttls</c>.</summary>
public sealed class SmtpProvider : MailProvider<SmtpOptions>
{
    /// <inheritdoc/>
    public override string Scheme => "smtp";

    /// <inheritdoc/>
    public override void Configure(SmtpOptions options, MailDsn dsn)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dsn);
        options.Host = dsn.Host;
        options.Port = dsn.Port ?? options.Port;
        options.UserName = dsn.UserName ?? options.UserName;
        options.Password = dsn.Password ?? options.Password;
    }

    /// <inheritdoc/>
    public override void Configure(SmtpOptions options, IConfiguration configuration)
    {
        foreach (var key in (string[])[nameof(SmtpOptions.AccessToken), nameof(SmtpOptions.CertificateValidation)])
        {
            if (configuration.GetSection(key).Exists()) throw new InvalidOperationException($"{key} can be set in code only.");
        }

        configuration.Bind(options);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Validate(SmtpOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.Host)) yield return "Host is missing. Set it to the relay's host name.";
        else if (Uri.CheckHostName(options.Host) is UriHostNameType.Unknown) yield return "Host is not a host name or IP address.";
        if (options.Port is < 1 or > 65535) yield return "Port is not from 1 to 65535.";
        if (options.LocalDomain is { } domain && !IsDomainOrLiteral(domain)) yield return "LocalDomain is not a domain name or an address literal such as \"[192.0.2.1]\".";
        if (!IsDuration(options.ConnectTimeout)) yield return "ConnectTimeout is not positive, or longer than a day.";
        if (!IsDuration(options.SendTimeout)) yield return "SendTimeout is not positive, or longer than a day.";
        if (!IsDuration(options.IdleLifetime)) yield return "IdleLifetime is not positive, or longer than a day. To open a connection for each mail, set MaxMessagesPerConnection to 1.";
        if (options.MaxConnections < 1) yield return "MaxConnections is not positive.";
        if (options.MaxMessagesPerConnection < 1) yield return "MaxMessagesPerConnection is not positive.";
        if (options.MaxRecipientsPerTransaction < 1) yield return "MaxRecipientsPerTransaction is not positive.";
        foreach (var fault in ValidateLogin(options)) yield return fault;
    }

    /// <inheritdoc/>
    public override IMailTransport CreateTransport(SmtpOptions options, MailTransportContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new SmtpTransport(options, context.Name, context.Services.GetRequiredService<TimeProvider>());
    }

    private static IEnumerable<string> ValidateLogin(SmtpOptions options)
    {
        if (options is { Password: not null, AccessToken: not null }) yield return "Password and AccessToken exclude each other; remove one of them.";
        else if (options.UserName is null != (options.Password is null && options.AccessToken is null)) yield return "UserName and Password, or UserName and AccessToken, go together; one of them is missing.";
        if (options.AuthenticationMechanism is { } mechanism && !SmtpMechanisms.For(options).Contains(mechanism, StringComparer.OrdinalIgnoreCase))
        {
            yield return $"AuthenticationMechanism is none of {string.Join(", ", SmtpMechanisms.For(options))}.";
        }

        if (options is { Security: SmtpSecurity.None, UserName: not null } && !(options.AllowUnencryptedAuthentication && IsLoopback(options.Host)))
        {
            yield return $"{(options.AccessToken is null ? "A password" : "A token")} would travel unencrypted. Set Security to StartTls or Tls; for a relay on this machine only, AllowUnencryptedAuthentication permits it.";
        }
    }

    private static bool IsDuration(TimeSpan time) => time > TimeSpan.Zero && time <= TimeSpan.FromDays(1);

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsDomainOrLiteral(string domain) => DomainName.TryToAscii(domain, out _, out _) || AddressLiteral.TryParse(domain, out _);
}
