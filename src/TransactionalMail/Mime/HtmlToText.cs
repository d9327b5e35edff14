using MimeKit.Text;

namespace TransactionalMail.Mime;

/// <summary>Derives the plain-text part of a mail from its HTML.</summary>
/// <remarks>
/// Accepts any input, in time proportional to its length. The text ends with one line feed, or is empty; it holds no other control
/// character, no trailing space and no two blank lines in a row. Prose is not wrapped: quoted-printable carries lines of any length,
/// readers wrap to their own window, and a hard wrap would be ragged on phones and break addresses.
/// </remarks>
internal static class HtmlToText
{
    public static string Convert(string html)
    {
        using var reader = new StringReader(html);
        var tokenizer = new HtmlTokenizer(reader) { IgnoreTruncatedTags = true };
        var document = new HtmlTextBuilder();

        while (tokenizer.ReadNextToken(out var token))
        {
            switch (token)
            {
                case HtmlTagToken { IsEndTag: true } tag:
                    document.Close(tag);
                    break;
                case HtmlTagToken tag:
                    document.Open(tag);
                    break;
                case HtmlDataToken { Kind: HtmlTokenKind.Data } text:
                    document.Write(text.Data);
                    break;
            }
        }

        return document.Finish();
    }
}
