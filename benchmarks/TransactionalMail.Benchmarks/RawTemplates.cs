using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Fluid;
using Fluid.Values;

namespace TransactionalMail.Benchmarks;

/// <summary>The templates as one would render them on Fluid alone: parsed once, members registered, values encoded.</summary>
internal sealed class RawTemplates
{
    private static readonly HtmlEncoder s_encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly TemplateOptions _options = new();
    private readonly IFluidTemplate _subject;
    private readonly IFluidTemplate _html;
    private readonly IFluidTemplate _text;
    private readonly IFluidTemplate _layout;
    private readonly IFluidTemplate _footer;

    public RawTemplates()
    {
        var parser = new FluidParser();
        _subject = parser.Parse(Read("order-confirmation.subject"));
        _html = parser.Parse(Read("order-confirmation.html").Replace("{% layout 'base' %}", "", StringComparison.Ordinal));
        _text = parser.Parse(Read("order-confirmation.txt"));
        _layout = parser.Parse(Read("base.html").Replace("{% renderbody %}", "{{ body | raw }}", StringComparison.Ordinal).Replace("{% render 'footer' %}", "{{ footer | raw }}", StringComparison.Ordinal));
        _footer = parser.Parse(Read("footer.html"));
        _options.MemberAccessStrategy.MemberNameStrategy = MemberNameStrategies.SnakeCase;
        _options.MemberAccessStrategy.Register<OrderConfirmation>();
        _options.MemberAccessStrategy.Register<LineItem>();
        _options.Filters.AddFilter("money", static (input, _, context) => new StringValue(input.ToNumberValue().ToString("C", context.CultureInfo)));
    }

    public async Task<RenderedEmail> RenderAsync(OrderConfirmation model, CultureInfo culture)
    {
        var context = new TemplateContext(model, _options) { CultureInfo = culture };
        var subject = await _subject.RenderAsync(context);
        var body = await _html.RenderAsync(context, s_encoder);
        var text = await _text.RenderAsync(context);
        var outer = new TemplateContext(_options) { CultureInfo = culture };
        outer.SetValue("body", body);
        outer.SetValue("footer", await _footer.RenderAsync(outer, s_encoder));
        return new RenderedEmail(subject.Trim(), await _layout.RenderAsync(outer, s_encoder), text);
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Templates", $"{name}.liquid"));
}
