using System.Buffers;
using System.Globalization;

namespace TransactionalMail.Templates.Output;

/// <summary>Writes the subject. Line breaks of the template file become spaces; those of the model are refused, for they would start a header.</summary>
internal sealed class SubjectWriter(RenderBudget budget, CultureInfo culture) : TextPartWriter(budget, culture)
{
    private static readonly SearchValues<char> s_lineBreaks = SearchValues.Create("\r\n\t");

    public override void WriteTemplate(string text) =>
        Append(text.AsSpan().ContainsAny(s_lineBreaks) ? text.Replace("\r\n", " ", StringComparison.Ordinal).Replace('\n', ' ').Replace('\r', ' ').Replace('\t', ' ') : text);

    public override TemplateWriter Nested() => new SubjectWriter(Budget, Culture);

    protected override void WriteData(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) || c is '\u2028' or '\u2029')
                throw new TemplateFault("the subject takes a value with a line break or another control character. Remove it from the model, or use `strip_newlines` where it is harmless.");
        }

        Append(text);
    }
}
