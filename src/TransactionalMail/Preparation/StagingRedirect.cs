using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TransactionalMail.Diagnostics;
using TransactionalMail.Messages;

namespace TransactionalMail.Preparation;

/// <summary>Puts the test inbox in the place of every recipient who is not allowed.</summary>
/// <remarks>The last step of preparation: interceptors, which may add recipients, and the template, which may give the subject, are behind it.</remarks>
internal sealed class StagingRedirect
{
    private const int LongestList = 4000;

    private readonly EmailAddress _inbox;
    private readonly HashSet<string> _domains;
    private readonly HashSet<EmailAddress> _addresses;
    private readonly string? _subjectPrefix;

    public StagingRedirect(IOptions<StagingRedirectOptions> options, ILogger<StagingRedirect> logger)
    {
        var settings = options.Value;
        _inbox = EmailAddress.Parse(settings.Inbox!, null);
        _domains = [.. settings.AllowedDomains.Select(static d => DomainName.TryToAscii(d, out var ascii, out _) ? ascii : d)];
        _addresses = [_inbox, .. settings.AllowedAddresses.Select(static a => EmailAddress.Parse(a, null))];
        _subjectPrefix = settings.SubjectPrefix;
        Log.StagingRedirectInUse(logger, _domains.Count, settings.AllowedAddresses.Count);
    }

    /// <summary>Returns the mail as it may leave, which is the same one where every recipient is allowed.</summary>
    public EmailMessage Redirect(EmailMessage message)
    {
        if (message.To.Concat(message.Cc).Concat(message.Bcc).All(IsAllowed)) return message;
        return message with
        {
            To = Redirect(message.To),
            Cc = Redirect(message.Cc),
            Bcc = Redirect(message.Bcc),
            Subject = _subjectPrefix + message.Subject,
            Headers = ShowOriginals(message),
        };
    }

    private bool IsAllowed(EmailAddress recipient) => _domains.Contains(recipient.AsciiDomain) || _addresses.Contains(recipient);

    private EmailAddress[] Redirect(IReadOnlyList<EmailAddress> recipients) => [.. recipients.Select(r => IsAllowed(r) ? r : _inbox).Distinct()];

    // Those of To and Cc were written for everybody to read. Bcc never is: allowed recipients get this mail too.
    private static Dictionary<string, string> ShowOriginals(EmailMessage message)
    {
        var headers = new Dictionary<string, string>(message.Headers, StringComparer.OrdinalIgnoreCase);
        if (message.To.Count > 0) headers["X-Intercepted-To"] = List(message.To);
        if (message.Cc.Count > 0) headers["X-Intercepted-Cc"] = List(message.Cc);
        return headers;
    }

    private static string List(IReadOnlyList<EmailAddress> recipients)
    {
        var list = string.Join(", ", recipients);
        return list.Length <= LongestList ? list : $"{recipients.Count} recipients, too many to list";
    }
}
