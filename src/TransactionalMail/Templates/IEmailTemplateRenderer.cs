namespace TransactionalMail;

/// <summary>Renders a template without sending it: for previews, and for tests of the templates themselves.</summary>
/// <remarks>
/// <para>A thread-safe singleton.</para>
/// <para><b>Files.</b> <c>welcome.subject.liquid</c>, <c>welcome.html.liquid</c> and <c>welcome.txt.liquid</c>, the last two not both optional; each part falls back
/// from <c>welcome.de-AT.html.liquid</c> to <c>welcome.de.html.liquid</c> to <c>welcome.html.liquid</c>. <c>{% layout 'base' %}</c> wraps a part in
/// <c>base.html.liquid</c> where that says <c>{% renderbody %}</c>; <c>{% section name %}</c> fills its <c>{% rendersection name %}</c>.
/// <c>{% render 'button', label: x %}</c> passes arguments only, <c>{% include 'footer' %}</c> shares all variables. Names start at the template folder.
/// A file is parsed once, and again after it changed.</para>
/// <para><b>Strict.</b> An unknown variable, member, filter, tag or file is an error that names file and line. What is <see langword="null"/> in the model is known.</para>
/// <para><b>Encoding.</b> In the HTML part every value is encoded for the place it lands in, whatever filters it went through; there is no <c>raw</c> filter.
/// Blocks that a template captures keep the template's own markup while they are written between tags, unchanged.</para>
/// <list type="table">
/// <item><term>between tags, in quoted attributes</term><description>HTML-encoded</description></item>
/// <item><term>in attributes that hold a URL</term><description>encoded; a URL that would run script (<c>javascript:</c>, <c>vbscript:</c>, <c>data:</c> unless an image) becomes <c>#</c></description></item>
/// <item><term>in <c>style</c></term><description>words, numbers and colours, and addresses in <c>url()</c>; any other value is left out</description></item>
/// <item><term>in JSON-LD</term><description>escaped for a JSON string; <c>{{ order | json }}</c> writes whole values</description></item>
/// <item><term>in scripts, event handlers, <c>srcdoc</c>, comments, unquoted attributes, names</term><description>an error</description></item>
/// </list>
/// <para>Text and subject are not encoded. The subject is one line: white space of its file is trimmed, a line break or control character in a value is an error.</para>
/// <para><b>Culture.</b> Beside the filters of Liquid:</para>
/// <list type="table">
/// <item><term><c>{{ total | money: 'EUR' }}</c></term><description><c>1.234,50 €</c> in German, <c>€1,234.50</c> in English; takes an ISO 4217 code</description></item>
/// <item><term><c>{{ count | number: 2 }}</c></term><description><c>1.234,50</c>; without digits, as many as the value has</description></item>
/// <item><term><c>{{ rate | percent: 1 }}</c></term><description><c>7,5 %</c> for 0.075</description></item>
/// <item><term><c>{{ placed_at | date: '%d %B %Y' }}</c></term><description>strftime with the culture's names; a date keeps its own offset, without one it counts as UTC</description></item>
/// <item><term><c>{{ placed_at | format_date: 'D' }}</c></term><description>a .NET format; <c>d</c>, <c>D</c>, <c>f</c> and their like follow the culture</description></item>
/// <item><term><c>{{ placed_at | time_zone: 'Europe/Vienna' }}</c></term><description>the same moment elsewhere, for <c>date</c> and <c>format_date</c></description></item>
/// <item><term><c>format_number</c>, <c>format_string</c></term><description>.NET formats</description></item>
/// </list>
/// <para><b>Limits.</b> See <see cref="EmailTemplateOptions"/>. JSON numbers are decimals: prices stay exact.</para>
/// </remarks>
public interface IEmailTemplateRenderer
{
    /// <summary>Renders every part of a template.</summary>
    /// <param name="template">The template with its model and culture.</param>
    /// <param name="cancellationToken">Ends the rendering.</param>
    /// <exception cref="EmailTemplateException">The template is missing, wrong, or exceeds its limits.</exception>
    ValueTask<RenderedEmail> RenderAsync(EmailTemplate template, CancellationToken cancellationToken = default);
}
