using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TransactionalMail.Testing.Smtp;

/// <summary>The SASL side of AUTH (RFC 4954) against the configured credentials.</summary>
internal sealed class SmtpAuthenticator(LocalSmtpServerOptions options)
{
    private const string RefusedToken = """{"status":"401","schemes":"bearer","scope":"mail"}""";

    public IReadOnlyList<string> Mechanisms { get; } = options.UserName is null ? [] : options.AuthenticationMechanisms ??
    [
        .. options.Password is null ? [] : (string[])["PLAIN", "LOGIN"],
        .. options.AccessToken is null ? [] : (string[])["XOAUTH2"],
    ];

    /// <summary>Gathers the client's responses and judges them.</summary>
    /// <param name="argument">The mechanism and perhaps the initial response.</param>
    /// <param name="askAsync">Sends a challenge and returns the response, still in base64; <see langword="null"/> where the client has closed.</param>
    public async ValueTask<SmtpReply> AuthenticateAsync(string argument, Func<string, ValueTask<string?>> askAsync)
    {
        var words = argument.Split(' ', 2);
        var mechanism = words[0].ToUpperInvariant();
        if (!Mechanisms.Contains(mechanism, StringComparer.Ordinal)) return SmtpReplies.UnknownMechanism;

        var client = new SaslDialogue(words.Length == 2 ? words[1] : null, askAsync);
        var isRight = await IsRightAsync(mechanism, client).ConfigureAwait(false);
        return client.Fault ?? (isRight ? SmtpReplies.Authenticated : SmtpReplies.AuthenticationFailed);
    }

    private async ValueTask<bool> IsRightAsync(string mechanism, SaslDialogue client) => mechanism switch
    {
        "PLAIN" => IsPlain(await client.AskAsync("").ConfigureAwait(false)), // RFC 4616
        "LOGIN" => IsSame(await client.AskAsync("Username:").ConfigureAwait(false), options.UserName)
            & IsSame(await client.AskAsync("Password:").ConfigureAwait(false), options.Password),
        "CRAM-MD5" => await IsCramMd5Async(client).ConfigureAwait(false),
        "SCRAM-SHA-1" => await Scram(HashAlgorithmName.SHA1).VerifyAsync(client).ConfigureAwait(false),
        "SCRAM-SHA-256" => await Scram(HashAlgorithmName.SHA256).VerifyAsync(client).ConfigureAwait(false),
        _ => await IsTokenAsync(client).ConfigureAwait(false),
    };

    private bool IsPlain(string response) =>
        IsSame(response[(response.IndexOf('\0', StringComparison.Ordinal) + 1)..], $"{options.UserName}\0{options.Password}");

    /// <summary>RFC 2195 §2.</summary>
    private async ValueTask<bool> IsCramMd5Async(SaslDialogue client)
    {
        var challenge = string.Create(CultureInfo.InvariantCulture, $"<{RandomNumberGenerator.GetInt32(int.MaxValue)}@{options.HostName}>");
        var response = await client.AskAsync(challenge).ConfigureAwait(false);
#pragma warning disable CA5351 // The mechanism is what it is.
        var digest = HMACMD5.HashData(Encoding.UTF8.GetBytes(options.Password ?? ""), Encoding.UTF8.GetBytes(challenge));
#pragma warning restore CA5351
        return IsSame(response, $"{options.UserName} {Convert.ToHexStringLower(digest)}");
    }

    /// <summary>XOAUTH2 and OAUTHBEARER (RFC 7628 §3.1): both end with the token.</summary>
    private async ValueTask<bool> IsTokenAsync(SaslDialogue client)
    {
        var response = await client.AskAsync("").ConfigureAwait(false);
        var names = response.StartsWith($"user={options.UserName}\u0001", StringComparison.Ordinal) || response.StartsWith($"n,a={options.UserName},\u0001", StringComparison.Ordinal);
        if (names && response.EndsWith($"\u0001auth=Bearer {options.AccessToken}\u0001\u0001", StringComparison.Ordinal)) return true;
        await client.AskAsync(RefusedToken).ConfigureAwait(false); // the client answers with an empty line, or with %x01
        return false;
    }

    private ScramVerifier Scram(HashAlgorithmName hash) => new(hash, options.UserName ?? "", options.Password ?? "");

    private static bool IsSame(string given, string? expected) => string.Equals(given, expected, StringComparison.Ordinal);
}
