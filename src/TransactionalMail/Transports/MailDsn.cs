using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace TransactionalMail.Transports;

/// <summary>A transport on one line: <c>scheme://user:password@host:port/path?setting=value</c>.</summary>
/// <remarks>User name, password and values are percent-encoded (RFC 3986 §2.1). No error and no <see cref="ToString"/> shows them.</remarks>
public sealed class MailDsn
{
    private MailDsn(string scheme, string? userName, string? password, string host, int? port, string path, IConfiguration settings)
    {
        Scheme = scheme;
        UserName = userName;
        Password = password;
        Host = host;
        Port = port;
        Path = path;
        Settings = settings;
    }

    /// <summary>Gets the provider's scheme in lower case.</summary>
    public string Scheme { get; }

    /// <summary>Gets the user name, decoded; providers with a single token read it here.</summary>
    public string? UserName { get; }

    /// <summary>Gets the password, decoded.</summary>
    public string? Password { get; }

    /// <summary>Gets the host; <c>default</c> means the provider's own. IPv6 addresses have no brackets.</summary>
    public string Host { get; }

    /// <summary>Gets the port, or <see langword="null"/> for the provider's default.</summary>
    public int? Port { get; }

    /// <summary>Gets <see cref="Host"/> and <see cref="Port"/> as the https address of an API, or <see langword="null"/> for the provider's own.</summary>
    public Uri? BaseAddress => string.Equals(Host, "default", StringComparison.OrdinalIgnoreCase) ? null : new UriBuilder(Uri.UriSchemeHttps, Host, Port ?? -1).Uri;

    /// <summary>Gets the path, decoded, or an empty string.</summary>
    public string Path { get; }

    /// <summary>Gets the settings after the question mark, as a configuration section would hold them.</summary>
    public IConfiguration Settings { get; }

    /// <summary>Reads a DSN.</summary>
    /// <exception cref="FormatException">It is malformed; the message says where, without showing it.</exception>
    public static MailDsn Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd <= 0) throw Malformed("it must begin with a provider, as in \"smtp://\"");
        if (text.AsSpan().ContainsAny('\r', '\n', '\0')) throw Malformed("it contains a line break or NUL; remove it");
        if (text.Contains('#', StringComparison.Ordinal)) throw Malformed("it contains \"#\"; percent-encode it as %23");

        var rest = text[(schemeEnd + 3)..];
        var authorityEnd = rest.AsSpan().IndexOfAny('/', '?');
        var authority = authorityEnd < 0 ? rest : rest[..authorityEnd];
        rest = authorityEnd < 0 ? "" : rest[authorityEnd..];
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? rest : rest[..query];
        if (rest.Contains('@', StringComparison.Ordinal)) throw Malformed("there is \"@\" after \"/\" or \"?\"; percent-encode the user name and the password, and any other \"@\" as %40");

        var (user, password, server) = SplitAuthority(authority);
        var (host, port) = SplitServer(server);
        return new MailDsn(text[..schemeEnd].ToLowerInvariant(), user, password, host, port, Decode(path), ReadSettings(query < 0 ? "" : rest[(query + 1)..]));
    }

    /// <summary>Returns scheme, host and port, with the rest redacted.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return $"{Scheme}://{(UserName is null ? "" : "***@")}{host}{(Port is null ? "" : string.Create(CultureInfo.InvariantCulture, $":{Port}"))}";
    }

    private static (string? User, string? Password, string Server) SplitAuthority(string authority)
    {
        var at = authority.IndexOf('@', StringComparison.Ordinal);
        if (at < 0) return (null, null, authority);
        if (at != authority.LastIndexOf('@')) throw Malformed("there is more than one \"@\" before the host; percent-encode the user name and the password");

        var user = authority[..at];
        var colon = user.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? (Decode(user), null, authority[(at + 1)..])
            : (Decode(user[..colon]), Decode(user[(colon + 1)..]), authority[(at + 1)..]);
    }

    private static (string Host, int? Port) SplitServer(string server)
    {
        var colon = server.LastIndexOf(':');
        var hasPort = colon >= 0 && !server.EndsWith(']');
        var host = hasPort ? server[..colon] : server;
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        if (host.Length > 0 && Uri.CheckHostName(host) is UriHostNameType.Unknown)
        {
            throw Malformed("the host is not a host name or IP address; percent-encode the user name and the password if they hold special characters");
        }

        if (!hasPort) return (host, null);
        return int.TryParse(server.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? (host, port)
            : throw Malformed("the port is not a number from 1 to 65535; percent-encode the user name and the password if they hold special characters");
    }

    private static IConfigurationRoot ReadSettings(string query)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw Malformed("a setting after \"?\" is not of the form name=value");
            if (!settings.TryAdd(Decode(pair[..equals]), Decode(pair[(equals + 1)..]))) throw Malformed("a setting after \"?\" stands twice");
        }

        return new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
    }

    private static string Decode(string text)
    {
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                throw Malformed("a \"%\" is not followed by two hexadecimal digits; percent-encode it as %25");
            }
        }

        return Uri.UnescapeDataString(text);
    }

    private static FormatException Malformed(string problem) => new($"The DSN is malformed: {problem}.");
}
