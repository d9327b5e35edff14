using TransactionalMail.Messages;
using TransactionalMail.Templates;

namespace TransactionalMail.Preparation;

/// <summary>Finds every problem of a message at once, before any I/O: of the message as written, and again of the rendered one.</summary>
/// <remarks>
/// The rules are documented on <see cref="EmailMessage"/>, field by field. Bodies are content: that they are empty, or that HTML
/// names a <c>cid:</c> no attachment has, is no problem here.
/// </remarks>
internal sealed class MessageValidator
{
    private const int LongestIdempotencyKey = 255;

    private readonly EmailMessage _message;
    private readonly List<EmailValidationError> _errors = [];

    private MessageValidator(EmailMessage message) => _message = message;

    /// <summary>Returns the problems in the order of the message's fields; none means that it can be sent.</summary>
    /// <param name="message">The message, its stream's defaults applied.</param>
    public static IReadOnlyList<EmailValidationError> Validate(EmailMessage message)
    {
        var validator = new MessageValidator(message);
        validator.CheckAddresses();
        validator.CheckContent();
        validator.CheckAttachments();
        validator.CheckTags();
        validator.CheckHeaders();
        validator.CheckMetadata();
        validator.CheckProviderOptions();
        validator.CheckHandling();
        return validator._errors;
    }

    /// <summary>Refuses a message that is worthless by now.</summary>
    /// <exception cref="EmailValidationException"><see cref="EmailMessage.NotAfter"/> has passed.</exception>
    public static void RefuseStale(EmailMessage message, DateTimeOffset now)
    {
        if (message.NotAfter < now) throw new EmailValidationException([new("NotAfter", "It has passed: the mail is stale and was not sent.")]);
    }

    private void CheckAddresses()
    {
        if (_message.From is null) Add("From", "It is missing. Set it on the message, on its stream, or once as TransactionalMailOptions.From.");
        CheckElements("To", _message.To);
        if (_message.To.Count + _message.Cc.Count + _message.Bcc.Count == 0) Add("To", "Nobody would receive the mail. Name a recipient in To, Cc or Bcc.");
        CheckElements("Cc", _message.Cc);
        CheckElements("Bcc", _message.Bcc);
        CheckElements("ReplyTo", _message.ReplyTo);
    }

    private void CheckContent()
    {
        CheckLine("Subject", _message.Subject);
        CheckBody("TextBody", _message.TextBody);
        CheckBody("HtmlBody", _message.HtmlBody);
        if (_message.Template is not { } template) return;

        Add("Template.Name", TemplateName.FindProblem(template.Name));
        if (_message.TextBody is not null || _message.HtmlBody is not null) Add("Template", "It gives the bodies. Leave out TextBody and HtmlBody, or the template.");
    }

    private void CheckAttachments()
    {
        CheckElements("Attachments", _message.Attachments);
        var contentIds = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < _message.Attachments.Count; i++)
        {
            if (_message.Attachments[i] is not { } attachment) continue;
            Add($"Attachments[{i}].FileName", string.IsNullOrWhiteSpace(attachment.FileName) ? "It is blank. Give the file a name." : FindProblemInLine(attachment.FileName));
            Add($"Attachments[{i}].ContentType", MediaType.FindProblem(attachment.ContentType));
            if (attachment.ContentId is not { } contentId) continue;
            Add($"Attachments[{i}].ContentId", ContentId.FindProblem(contentId) ?? (contentIds.Add(contentId) ? null : "Another attachment has it. Give each its own."));
        }
    }

    private void CheckTags()
    {
        for (var i = 0; i < _message.Tags.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(_message.Tags[i])) Add($"Tags[{i}]", "It is blank. Give it a name, or remove it.");
            else CheckLine($"Tags[{i}]", _message.Tags[i]);
        }
    }

    private void CheckHeaders()
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in _message.Headers)
        {
            var field = $"Headers[{TextRules.Quote(name)}]";
            Add(field, HeaderName.FindProblem(name) ?? (names.Add(name) ? HeaderValue.FindProblem(name, value) : "Another one differs from it in case only. Keep one."));
        }

        Add("Headers[\"List-Unsubscribe-Post\"]", HeaderValue.FindProblemInOneClick(_message.Headers));
    }

    private void CheckMetadata()
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in _message.Metadata)
        {
            var field = $"Metadata[{TextRules.Quote(name)}]";
            Add(field, OptionName.FindProblemInMetadata(name) ?? (names.Add(name) ? FindProblemInLine(value) : "Another one differs from it in case only. Keep one."));
        }
    }

    private void CheckProviderOptions()
    {
        foreach (var (name, value) in _message.ProviderOptions)
        {
            Add($"ProviderOptions[{TextRules.Quote(name)}]", OptionName.FindProblemInProviderOption(name) ?? FindProblemInLine(value));
        }
    }

    private void CheckHandling()
    {
        if (_message.StreamName is "") Add("StreamName", "It is empty. Name a stream, or leave it null for the mailer's own.");
        CheckLine("StreamName", _message.StreamName);
        if (_message.IdempotencyKey is { Length: 0 or > LongestIdempotencyKey } key) Add("IdempotencyKey", $"It is {key.Length} characters long. Use 1 to {LongestIdempotencyKey}.");
        CheckLine("IdempotencyKey", _message.IdempotencyKey);
        if (_message.NotAfter <= _message.NotBefore) Add("NotAfter", "It is not later than NotBefore, so the mail would never be sent. Set it later.");
    }

    private void CheckElements<T>(string field, IReadOnlyList<T> elements) where T : class
    {
        for (var i = 0; i < elements.Count; i++)
        {
            if (elements[i] is null) Add($"{field}[{i}]", "It is null. Remove it.");
        }
    }

    private void CheckLine(string field, string? text)
    {
        if (text is not null) Add(field, FindProblemInLine(text));
    }

    private void CheckBody(string field, string? text)
    {
        if (text is not null && TextRules.FindProblemInBody(text) is { } found) Add(field, $"It {found}");
    }

    private static string? FindProblemInLine(string? text) => text switch
    {
        null => "It is null. Remove it.",
        _ => TextRules.FindProblemInLine(text) is { } found ? $"It {found}" : null,
    };

    private void Add(string field, string? problem)
    {
        if (problem is not null) _errors.Add(new EmailValidationError(field, problem));
    }
}
