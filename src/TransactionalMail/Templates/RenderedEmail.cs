namespace TransactionalMail;

/// <summary>What a template renders to.</summary>
/// <param name="Subject">The subject on one line, or <see langword="null"/> without a subject template.</param>
/// <param name="HtmlBody">The HTML, or <see langword="null"/> without an HTML template.</param>
/// <param name="TextBody">The plain text, derived from the HTML without a text template.</param>
public sealed record RenderedEmail(string? Subject, string? HtmlBody, string? TextBody)
{
    /// <summary>Returns which parts there are, never their content.</summary>
    public override string ToString() => $"RenderedEmail {{ Subject: {Subject is not null}, HtmlBody: {HtmlBody?.Length ?? 0} characters, TextBody: {TextBody?.Length ?? 0} characters }}";
}
