using TransactionalMail.Templates;

namespace TransactionalMail.Mime;

/// <summary>Derives the plain-text part of a mail from its HTML.</summary>
/// <remarks>
/// Accepts any input, in time proportional to its length, and ends at the limits of rendering. The text ends with one line feed, or is
/// empty; it holds no other control character, no trailing space and no two blank lines in a row. Prose is not wrapped: quoted-printable
/// carries lines of any length, readers wrap to their own window, and a hard wrap would be ragged on phones and break addresses.
/// </remarks>
internal static class HtmlToText
{
    // Not by time: what one machine derives, every other must.
    private static readonly EmailTemplateOptions s_limits = new() { MaxDuration = TimeSpan.MaxValue };

    /// <summary>Derives the text of HTML that an application wrote itself; the limits are those templates have by default.</summary>
    /// <exception cref="EmailValidationException">The HTML is too long or too involved.</exception>
    public static string Convert(string html)
    {
        var budget = new RenderBudget(s_limits, TimeProvider.System, CancellationToken.None);
        try
        {
            budget.CheckOutput(html.Length);
            return Convert(html, budget);
        }
        catch (TemplateFault)
        {
            throw new EmailValidationException([new(nameof(EmailMessage.HtmlBody), "It is too long or nests too much to derive a text part from it. Give a TextBody, or shorten the HTML.")]);
        }
    }

    /// <summary>Derives the text of HTML that a template rendered.</summary>
    /// <exception cref="TemplateFault">The rendering as a whole went over a limit.</exception>
    public static string Convert(string html, RenderBudget budget)
    {
        var reader = new HtmlReader(html);
        var document = new HtmlTextBuilder(budget);

        while (reader.Read())
        {
            if (!reader.IsTag) document.Write(reader.Text);
            else if (reader.Tag.IsEnd) document.Close(reader.Tag);
            else document.Open(reader.Tag);
        }

        return document.Finish();
    }
}
