using TransactionalMail.Transports.Http;

namespace TransactionalMail.Transports.Ses;

/// <summary>What SES says went wrong: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors.</summary>
/// <param name="Code">The name of the error, not scrubbed, or <see langword="null"/> where there is none.</param>
/// <param name="Text">SES's words, not scrubbed.</param>
internal sealed record SesError(string? Code, string? Text)
{
    private const string Suffix = "Exception";
    private const string TooFast = "Too much at once for Amazon SES. Lower MaxPerSecond of this transport's limits, or ask for a higher rate there.";
    private const string WrongClock = "The clock of this host is wrong by minutes, and AWS takes no signature of another time. Set it.";

    /// <summary>Gets the kind of failure, or <see langword="null"/> where the status alone tells.</summary>
    public TransportFailure? Meaning => Known?.Failure;

    /// <summary>Gets what to do, or <see langword="null"/> where the status alone tells.</summary>
    public string? Advice => Known?.Problem;

    private (TransportFailure Failure, string Problem)? Known { get; init; }

    public static SesError Read(HttpMailResponse response)
    {
        var answer = response.TryRead(SesJson.Context.Default.Answer);
        var code = NameIn(response.Headers.GetValueOrDefault("x-amzn-ErrorType")) ?? NameIn(answer?.Code) ?? NameIn(answer?.Type);
        var text = answer?.Text ?? answer?.Message;
        return new SesError(code, text) { Known = Explain(code, text ?? "", response.IsSuccess) };
    }

    /// <summary>One error has several names, with and without the suffix; some stand for several reasons, told apart by SES's words alone.</summary>
    private static (TransportFailure, string)? Explain(string? code, string text, bool isSuccess) => WithoutSuffix(code) switch
    {
        "TooManyRequests" or "Throttling" or "LimitExceeded" when Says(text, "quota exceeded") => (TransportFailure.QuotaExceeded, "The account has sent as much as it may in 24 hours. Ask for a higher quota at Amazon SES."),
        "TooManyRequests" or "Throttling" => (TransportFailure.Throttled, TooFast),
        "LimitExceeded" when Says(text, "rate exceeded") => (TransportFailure.Throttled, TooFast),
        "LimitExceeded" => (TransportFailure.QuotaExceeded, "A quota of the account at Amazon SES is exhausted. See to it there."),
        "AccountSuspended" => (TransportFailure.QuotaExceeded, "Amazon SES has suspended the account for good. Ask its support."),
        "SendingPaused" => (TransportFailure.QuotaExceeded, "Sending is paused for the account or the configuration set. See to its reputation at Amazon SES, and turn sending on again."),
        "MailFromDomainNotVerified" => (TransportFailure.SenderRejected, "The custom MAIL FROM domain of the sender is not verified. Check its MX record, or let Amazon SES fall back to its own."),
        "MessageRejected" when Says(text, "not verified") => (TransportFailure.SenderRejected, "Amazon SES does not know the sender in this region, or the account is in the sandbox and the recipients are not verified either. Verify the domain there, leave the sandbox, or check Region."),
        "BadRequest" or "MessageRejected" when Says(text, "message length is more than") => (TransportFailure.MessageTooLarge, "The mail is too large for Amazon SES. Make the attachments smaller, or link to them."),
        "MessageRejected" or "BadRequest" => (TransportFailure.MessageRejected, "Amazon SES refuses the mail."),
        "NotFound" => (TransportFailure.SenderRejected, "Amazon SES does not know the configuration set or the tenant in this region. Check ConfigurationSet and Region, or ProviderOptions of the mail."),
        "InvalidClientTokenId" or "UnrecognizedClient" => (TransportFailure.Authentication, "AWS does not know the access key. Check it; one that is temporary needs its session token."),
        "SignatureDoesNotMatch" or "InvalidSignature" when Says(text, "signature expired") || Says(text, "signature not yet current") => (TransportFailure.Authentication, WrongClock),
        "RequestExpired" or "RequestTimeTooSkewed" => (TransportFailure.Authentication, WrongClock),
        "SignatureDoesNotMatch" or "InvalidSignature" => (TransportFailure.Authentication, "The secret does not belong to the access key, or Region is not the one of BaseAddress. Check SecretAccessKey and Region."),
        "ExpiredToken" => (TransportFailure.Authentication, "The credentials have expired. Get new ones."),
        "AccessDenied" or "NotAuthorized" => (TransportFailure.Authentication, "The credentials may not send. Allow ses:SendEmail and ses:SendRawEmail for the sender's identity."),
        "MissingAuthenticationToken" or "IncompleteSignature" or "OptInRequired" => (TransportFailure.Authentication, "AWS does not accept the signature. Check the credentials, and that something between here and there leaves requests as they are."),
        "RequestTimeout" => (TransportFailure.Timeout, "The request did not reach Amazon SES in time. It is tried again."),
        not null when isSuccess => (TransportFailure.MessageRejected, "Amazon SES refuses the mail."),
        _ => null,
    };

    private static bool Says(string text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static string? WithoutSuffix(string? code) => code?.EndsWith(Suffix, StringComparison.Ordinal) is true ? code[..^Suffix.Length] : code;

    /// <summary>Returns the name without namespace and address: <c>aws.ses#MessageRejected:http://…</c>.</summary>
    private static string? NameIn(string? type)
    {
        var name = type?.Split(':')[0].Split('#')[^1].Trim();
        return string.IsNullOrEmpty(name) || !name.All(char.IsAsciiLetterOrDigit) ? null : name;
    }
}
