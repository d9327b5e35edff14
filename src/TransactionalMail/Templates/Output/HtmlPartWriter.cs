using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Fluid.Values;
using TransactionalMail.Templates.Values;

namespace TransactionalMail.Templates.Output;

/// <summary>Writes the HTML part. It follows the author's markup as it passes, and encodes each value for the place it lands in.</summary>
/// <remarks><see cref="IEmailTemplateRenderer"/> has the table of places.</remarks>
internal sealed class HtmlPartWriter : TemplateWriter
{
    private static readonly HtmlEncoder s_encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _html = new();
    private readonly StringBuilder? _text;
    private readonly HtmlScanner _scanner = new();
    private int _valueStart;
    private bool _valueHasData;

    public HtmlPartWriter(RenderBudget budget, CultureInfo culture)
        : this(budget, culture, text: null)
    {
    }

    private HtmlPartWriter(RenderBudget budget, CultureInfo culture, StringBuilder? text)
        : base(budget, culture) => _text = text;

    public static string Encode(string text) => s_encoder.Encode(text);

    public override void WriteTemplate(string text)
    {
        Budget.CheckOutput((long)_html.Length + text.Length);
        _text?.Append(text);

        var copied = 0;
        for (var i = 0; i < text.Length;)
        {
            var next = _scanner.Read(text, i, out var found);
            var end = found is HtmlEvent.ValueEnd ? next - 1 : next;
            _html.Append(text, copied, end - copied);
            copied = end;
            if (found is HtmlEvent.ValueStart) StartValue();
            else if (found is HtmlEvent.ValueEnd) EndValue();
            i = next;
        }

        _html.Append(text, copied, text.Length - copied);
    }

    public override void WriteValue(FluidValue value)
    {
        var context = _scanner.Context;
        if (value is Markup markup && FormFor(context, markup) is { } safe)
        {
            _text?.Append(markup.ToStringValue());
            Append(safe);
        }
        else if (value is NumberValue && context is HtmlContext.Style or HtmlContext.StyleElement or HtmlContext.Json)
        {
            WriteData(value.ToStringValue());
        }
        else
        {
            base.WriteValue(value);
        }
    }

    public override TemplateWriter Nested() => new HtmlPartWriter(Budget, Culture, new StringBuilder());

    public override FluidValue ToValue()
    {
        var html = _html.ToString();
        var text = _text?.ToString() ?? html;
        return _scanner.Context is HtmlContext.Text ? new Markup(text, html) : new StringValue(text);
    }

    public override string ToString() => _html.ToString();

    protected override void WriteData(string text)
    {
        _text?.Append(text);
        var safe = _scanner.Context switch
        {
            HtmlContext.Text or HtmlContext.Attribute or HtmlContext.Url => s_encoder.Encode(text),
            HtmlContext.Style => s_encoder.Encode(CssValue.Sanitize(text, Written())),
            HtmlContext.StyleElement => CssValue.Sanitize(text, Written()),
            HtmlContext.Json => JavaScriptEncoder.Default.Encode(text),
            _ => throw new TemplateFault(_scanner.Refusal),
        };

        Append(safe);
    }

    private void Append(string safe)
    {
        Budget.CheckOutput((long)_html.Length + safe.Length);
        _html.Append(safe);
        _valueHasData = true;
    }

    private string Written() => _html.ToString(_valueStart, _html.Length - _valueStart);

    private void StartValue()
    {
        _valueStart = _html.Length;
        _valueHasData = false;
    }

    private void EndValue()
    {
        if (_scanner.WantsValue) _scanner.TakeValue(Written());
        if (_valueHasData && _scanner.EndedUrl is { } attribute && UrlSafety.IsScript(Written(), attribute))
        {
            _html.Length = _valueStart;
            _html.Append('#');
        }
    }

    private static string? FormFor(HtmlContext context, Markup markup) => context switch
    {
        HtmlContext.Text => markup.Html,
        HtmlContext.Json => markup.Json,
        _ => null,
    };
}
