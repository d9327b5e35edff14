using System.Globalization;

namespace TransactionalMail.Templates.Output;

/// <summary>Writes the subject. Line breaks of the template file become spaces; those of the model are refused, for they would start a header.</summary>
internal sealed class SubjectWriter(RenderBudget budget, CultureInfo culture) : TextPartWriter(budget, culture)
{
    public override void WriteTemplate(string text) => Append(text.ReplaceLineEndings(" ").Replace('\t', ' '));

    public override TemplateWriter Nested() => new SubjectWriter(Budget, Culture);

    protected override void WriteData(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) || c is '\u2028' or '\u2029')
                throw new TemplateFault("a value in the subject has a line break or another control character. Remove it from the model.");
        }

        Append(text);
    }
}
