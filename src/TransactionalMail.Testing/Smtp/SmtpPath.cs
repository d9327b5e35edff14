namespace TransactionalMail.Testing.Smtp;

/// <summary>The argument of <c>MAIL</c> and <c>RCPT</c>: a mailbox in angle brackets and parameters (RFC 5321 §4.1.2).</summary>
internal sealed record SmtpPath(string Mailbox, IReadOnlyDictionary<string, string> Parameters)
{
    private const int MaxLength = 256;
    private static readonly IReadOnlyDictionary<string, string> s_noParameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Parses <c>FROM:&lt;ada@example.com&gt; SIZE=1000</c>; <see langword="null"/> where it is malformed.</summary>
    public static SmtpPath? Parse(string argument, string keyword)
    {
        if (!argument.StartsWith(keyword, StringComparison.OrdinalIgnoreCase)) return null;
        var text = argument.AsSpan(keyword.Length);
        var end = FindEnd(text);
        if (end < 0) return null;

        var mailbox = text[1..end];
        if (mailbox.StartsWith("@")) mailbox = mailbox[(mailbox.IndexOf(':') + 1)..]; // a source route is ignored (RFC 5321 appendix C)
        if (mailbox.Length > MaxLength || mailbox.ContainsAnyInRange('\0', '\x1f')) return null;

        var parameters = text[(end + 1)..];
        return parameters.IsEmpty ? new SmtpPath(mailbox.ToString(), s_noParameters)
            : parameters[0] == ' ' ? new SmtpPath(mailbox.ToString(), ParseParameters(parameters))
            : null;
    }

    /// <summary>Finds the closing bracket, which a quoted local part may hold too.</summary>
    private static int FindEnd(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith("<")) return -1;
        var quoted = false;
        for (var i = 1; i < text.Length; i++)
        {
            if (quoted && text[i] == '\\') i++;
            else if (text[i] == '"') quoted = !quoted;
            else if (!quoted && text[i] == '>') return i;
            else if (!quoted && text[i] is ' ' or '<') return -1;
        }

        return -1;
    }

    private static Dictionary<string, string> ParseParameters(ReadOnlySpan<char> text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            parameters[equals < 0 ? parameter : parameter[..equals]] = equals < 0 ? "" : parameter[(equals + 1)..];
        }

        return parameters;
    }
}
