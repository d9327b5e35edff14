using System.Text;
using MimeKit;
using TransactionalMail.Mime;

namespace TransactionalMail.Bounces;

/// <summary>The parts of a returned message, by what they are for. Everything foreign is cut to a bounded length here.</summary>
internal sealed class ReportParts
{
    private const int MaxNotice = 64 * 1024;
    private const int MaxReturned = 256 * 1024;
    private const int MaxParts = 200;

    private readonly StringBuilder _notice = new();
    private readonly StringBuilder _html = new();
    private readonly StringBuilder _returned = new();
    private readonly List<FieldGroup> _status = [];
    private int _parts;

    private ReportParts()
    {
    }

    /// <summary>Gets what the reporter says in words, without what it returns.</summary>
    public string Notice { get; private set; } = "";

    /// <summary>Gets what was returned of the mail, as text.</summary>
    public string Returned { get; private set; } = "";

    /// <summary>Gets the header of the mail, where it was returned in a part of its own.</summary>
    public HeaderList? ReturnedHeader { get; private set; }

    /// <summary>Gets the groups of fields of a delivery status (RFC 3464 §2.1), in whatever part they stand.</summary>
    public IReadOnlyList<FieldGroup> Status => _status;

    /// <summary>Gets the fields of a feedback report (RFC 5965 §3).</summary>
    public FieldGroup? Feedback { get; private set; }

    public bool HasReturnedMail => ReturnedHeader is not null || Returned.Length > 0;

    public static ReportParts Of(MimeMessage message)
    {
        var parts = new ReportParts();
        if (message.Body is { } body) parts.Add(body, depth: 0);
        parts.Finish();
        return parts;
    }

    private void Add(MimeEntity entity, int depth)
    {
        if (++_parts > MaxParts || depth > 10) return;
        switch (entity)
        {
            case MessagePart returned:
                AddReturned(returned.Message);
                break;
            case Multipart multipart:
                // A reporter that breaks its own boundaries leaves the whole report before the first one.
                if (multipart.Count == 0) Append(_notice, multipart.Preamble, MaxNotice);
                foreach (var part in multipart) Add(part, depth + 1);
                break;
            case MimePart part when part.ContentType.IsMimeType("message", "delivery-status") || part.ContentType.IsMimeType("message", "global-delivery-status"):
                AddStatus(TextOf(part, MaxNotice));
                break;
            case MimePart part when part.ContentType.IsMimeType("message", "feedback-report"):
                Feedback ??= FieldGroup.Read(TextOf(part, MaxNotice)).FirstOrDefault(static g => g["Feedback-Type"] is not null);
                break;
            case MimePart part when part.ContentType.IsMimeType("message", "*") || part.ContentType.IsMimeType("text", "rfc822-headers"):
                Append(_returned, TextOf(part, MaxReturned), MaxReturned);
                break;
            case TextPart { IsHtml: true } html:
                Append(_html, TextOf(html, MaxNotice), MaxNotice);
                break;
            case TextPart text when ReturnedHeader is null && _returned.Length == 0:
                Append(_notice, TextOf(text, MaxNotice), MaxNotice);
                break;
            default:
                break;
        }
    }

    private void AddReturned(MimeMessage? returned)
    {
        if (returned is null) return;
        ReturnedHeader ??= returned.Headers;
    }

    private void AddStatus(string text)
    {
        // Some end the fields without a boundary, and the mail follows at once.
        var (status, rest) = NoticeText.Split(text);
        _status.AddRange(FieldGroup.Read(status));
        Append(_returned, rest, MaxReturned);
    }

    private void Finish()
    {
        if (_notice.Length == 0 || string.IsNullOrWhiteSpace(_notice.ToString())) Append(_notice, PlainText(_html.ToString()), MaxNotice);
        var (notice, returned) = NoticeText.Split(_notice.ToString());
        Notice = notice;
        Append(_returned, returned, MaxReturned);
        Returned = _returned.ToString();
        if (ReturnedHeader?["X-HmXmrOriginalRecipient"] is not null) Feedback ??= FieldGroup.Read("Feedback-Type: abuse")[0];
        if (_status.Count == 0 && FieldGroup.AreIn(notice)) _status.AddRange(FieldGroup.Read(notice));
    }

    private static string PlainText(string html)
    {
        try
        {
            return HtmlToText.Convert(html);
        }
        catch (EmailValidationException)
        {
            // Nested beyond reason: no reporter writes so.
            return "";
        }
    }

    private static void Append(StringBuilder target, string? text, int limit)
    {
        if (string.IsNullOrEmpty(text) || target.Length >= limit) return;
        if (target.Length > 0) target.Append("\n\n");
        target.Append(text.AsSpan(0, Math.Min(text.Length, limit)));
    }

    private static string TextOf(MimePart part, int limit)
    {
        if (part.Content is not { } content) return "";
        using var decoded = new MemoryStream();
        content.DecodeTo(decoded);
        var bytes = decoded.GetBuffer().AsSpan(0, (int)Math.Min(decoded.Length, limit));
        return Decode(part, bytes);
    }

    private static string Decode(MimePart part, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return (part.ContentType.CharsetEncoding ?? Encoding.UTF8).GetString(bytes);
        }
        catch (ArgumentException)
        {
            // An encoding that rejects what it cannot read; codes and addresses are ASCII all the same.
            return Encoding.Latin1.GetString(bytes);
        }
    }
}
