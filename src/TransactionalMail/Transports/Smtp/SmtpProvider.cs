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
    public override void Configure(SmtpOptions options, IConfiguration configuration) => configuration.Bind(options);

    /// <inheritdoc/>
    public override IEnumerable<string> Validate(SmtpOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.Host)) yield return "Host is missing. Set it to the relay's host name.";
        else if (Uri.CheckHostName(options.Host) is UriHostNameType.Unknown) yield return "Host is not a host name or IP address.";
        if (options.Port is < 1 or > 65535) yield return "Port is not from 1 to 65535.";
        if (options.LocalDomain is { } domain && !IsDomainOrLiteral(domain)) yield return "LocalDomain is not a domain name or an address literal such as \"[192.0.2.1]\".";
        if (options.ConnectTimeout <= TimeSpan.Zero) yield return "ConnectTimeout is not positive.";
        if (options.SendTimeout <= TimeSpan.Zero) yield return "SendTimeout is not positive.";
        if (options.UserName is null != options.Password is null) yield return "UserName and Password go together; one of them is missing.";
        if (options is { Security: SmtpSecurity.None, UserName: not null } && !(options.AllowUnencryptedAuthentication && IsLoopback(options.Host)))
        {
            yield return "A password would travel unencrypted. Set Security to StartTls or Tls; for a relay on this machine only, AllowUnencryptedAuthentication permits it.";
        }
    }

    /// <inheritdoc/>
    public override IMailTransport CreateTransport(SmtpOptions options, MailTransportContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new SmtpTransport(options, context.Name, context.Services.GetRequiredService<TimeProvider>());
    }

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsDomainOrLiteral(string domain) => DomainName.TryToAscii(domain, out _, out _) || AddressLiteral.TryParse(domain, out _);
}
