namespace TransactionalMail.Mime;

/// <summary>Derives the plain-text part of a mail from its HTML.</summary>
internal static class HtmlToText
{
    public static string Convert(string html) => html;
}
