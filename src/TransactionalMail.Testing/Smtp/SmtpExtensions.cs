using System.Globalization;

namespace TransactionalMail.Testing.Smtp;

/// <summary>Which extensions a session offers, and what their parameters may be.</summary>
internal sealed class SmtpExtensions(LocalSmtpServerOptions options, SmtpAuthenticator authenticator, SmtpConnection connection)
{
    public bool NeedsTls => options is { Security: SmtpServerSecurity.StartTls, RequireTls: true } && !connection.IsSecure;

    public bool OffersAuth => authenticator.Mechanisms.Count > 0 && !NeedsTls;

    /// <summary>Makes the reply to EHLO (RFC 5321 §4.1.1.1).</summary>
    public SmtpReply Advertise()
    {
        var lines = new List<string> { options.HostName };
        if (options.Pipelining) lines.Add("PIPELINING");
        if (options.Size) lines.Add(string.Create(CultureInfo.InvariantCulture, $"SIZE {options.MaxMessageSize}"));
        if (options.EightBitMime) lines.Add("8BITMIME");
        if (options.SmtpUtf8) lines.Add("SMTPUTF8");
        if (options.EnhancedStatusCodes) lines.Add("ENHANCEDSTATUSCODES");
        if (options.Security is SmtpServerSecurity.StartTls && !connection.IsSecure) lines.Add("STARTTLS");
        if (OffersAuth) lines.Add("AUTH " + string.Join(' ', authenticator.Mechanisms));
        return string.Join('\n', lines.Select((line, index) => (index == lines.Count - 1 ? "250 " : "250-") + line));
    }

    /// <summary>Judges a parameter of MAIL; <see langword="null"/> where it may stand.</summary>
    public SmtpReply? Judge(string name, string value) => name.ToUpperInvariant() switch
    {
        "SIZE" when options.Size => JudgeSize(value),
        "BODY" when options.EightBitMime => value.ToUpperInvariant() is "7BIT" or "8BITMIME" ? null : SmtpReplies.BadArgument,
        "SMTPUTF8" when options.SmtpUtf8 => value.Length == 0 ? null : SmtpReplies.BadArgument,
        "AUTH" when OffersAuth => null, // the original submitter (RFC 4954 §5)
        _ => SmtpReplies.UnknownParameter,
    };

    private SmtpReply? JudgeSize(string value)
    {
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size)) return SmtpReplies.BadArgument;
        return size > options.MaxMessageSize ? SmtpReplies.TooLarge : null;
    }
}
