using System.Text;

namespace TransactionalMail.Testing.Smtp;

/// <summary>Challenges and responses of one AUTH command (RFC 4954 §4); after a fault, every response is empty.</summary>
/// <param name="initialResponse">The response that came with the command, still in base64.</param>
/// <param name="askAsync">Sends a challenge and returns the response, still in base64; <see langword="null"/> where the client has closed.</param>
internal sealed class SaslDialogue(string? initialResponse, Func<string, ValueTask<string?>> askAsync)
{
    private string? _initialResponse = initialResponse;

    /// <summary>Gets the refusal of a response that is none.</summary>
    public SmtpReply? Fault { get; private set; }

    public async ValueTask<string> AskAsync(string challenge)
    {
        if (Fault is not null) return "";
        var encoded = _initialResponse ?? await askAsync(challenge).ConfigureAwait(false);
        _initialResponse = null;
        if (encoded is null or "*") Fault = SmtpReplies.AuthenticationCancelled;
        else if (Decode(encoded) is { } response) return response;
        else Fault = SmtpReplies.BadBase64;
        return "";
    }

    private static string? Decode(string encoded)
    {
        if (encoded is "=") return ""; // an empty initial response (RFC 4954 §4)
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
