using System.Text;

namespace TransactionalMail.Testing.Smtp;

/// <summary>The SASL side of AUTH (RFC 4954): PLAIN (RFC 4616), LOGIN and XOAUTH2 against the configured credentials.</summary>
internal sealed class SmtpAuthenticator(LocalSmtpServerOptions options)
{
    private const string RefusedToken = """{"status":"401","schemes":"bearer","scope":"mail"}""";

    public IReadOnlyList<string> Mechanisms { get; } =
    [
        .. options is { UserName: not null, Password: not null } ? (string[])["PLAIN", "LOGIN"] : [],
        .. options is { UserName: not null, AccessToken: not null } ? (string[])["XOAUTH2"] : [],
    ];

    /// <summary>Gathers the client's responses and judges them.</summary>
    /// <param name="argument">The mechanism and perhaps the initial response.</param>
    /// <param name="askAsync">Sends a challenge and returns the response, still in base64; <see langword="null"/> where the client has closed.</param>
    public async ValueTask<SmtpReply> AuthenticateAsync(string argument, Func<string, ValueTask<string?>> askAsync)
    {
        var words = argument.Split(' ', 2);
        var mechanism = words[0].ToUpperInvariant();
        if (!Mechanisms.Contains(mechanism, StringComparer.Ordinal)) return SmtpReplies.UnknownMechanism;

        var initial = words.Length == 2 ? words[1] : null;
        var responses = new List<string>();
        foreach (var prompt in (string[])(mechanism is "LOGIN" ? ["Username:", "Password:"] : [""]))
        {
            var encoded = responses.Count == 0 && initial is not null ? initial : await askAsync(prompt).ConfigureAwait(false);
            if (encoded is null or "*") return SmtpReplies.AuthenticationCancelled;
            if (Decode(encoded) is not { } response) return SmtpReplies.BadBase64;
            responses.Add(response);
        }

        if (IsRight(mechanism, responses)) return SmtpReplies.Authenticated;
        if (mechanism is "XOAUTH2") await askAsync(RefusedToken).ConfigureAwait(false); // the client answers with an empty line
        return SmtpReplies.AuthenticationFailed;
    }

    private bool IsRight(string mechanism, List<string> responses) => mechanism switch
    {
        "PLAIN" => IsSame(responses[0][(responses[0].IndexOf('\0', StringComparison.Ordinal) + 1)..], $"{options.UserName}\0{options.Password}"),
        "LOGIN" => IsSame(responses[0], options.UserName) && IsSame(responses[1], options.Password),
        _ => IsSame(responses[0], $"user={options.UserName}\u0001auth=Bearer {options.AccessToken}\u0001\u0001"),
    };

    private static bool IsSame(string given, string? expected) => string.Equals(given, expected, StringComparison.Ordinal);

    private static string? Decode(string encoded)
    {
        if (encoded is "=") return ""; // an empty initial response (RFC 4954 §4)
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
