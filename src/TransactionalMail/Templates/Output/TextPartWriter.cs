using System.Globalization;
using System.Text;
using Fluid.Values;

namespace TransactionalMail.Templates.Output;

/// <summary>Writes the plain-text part: nothing is encoded.</summary>
internal class TextPartWriter(RenderBudget budget, CultureInfo culture) : TemplateWriter(budget, culture)
{
    private readonly StringBuilder _text = new();

    public override void WriteTemplate(string text) => Append(text);

    public override TemplateWriter Nested() => new TextPartWriter(Budget, Culture);

    public override FluidValue ToValue() => new StringValue(_text.ToString());

    public override string ToString() => _text.ToString();

    protected override void WriteData(string text) => Append(text);

    protected void Append(string text)
    {
        Budget.CheckOutput((long)_text.Length + text.Length);
        _text.Append(text);
    }
}
