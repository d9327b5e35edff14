using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Templates;

namespace TransactionalMail.Tests.Templates;

/// <summary>A renderer over files in memory. Its clock stands still unless a test brings one, so that no limit but the one under test depends on how busy the machine is.</summary>
internal sealed class TemplateBench
{
    private readonly LiquidRenderer _renderer;

    public TemplateBench(EmailTemplateOptions? options = null, TimeProvider? time = null, params IFileProvider[] more) =>
        _renderer = new LiquidRenderer(new TemplateStore([Files, .. more]), options ?? new EmailTemplateOptions(), time ?? new FakeTimeProvider());

    public InMemoryFiles Files { get; } = new();

    public static JsonElement Json(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    public static string Html(string template, string model = "{}", CultureInfo? culture = null)
    {
        var bench = new TemplateBench();
        bench.Files["mail.html.liquid"] = template;
        return bench.Render("mail", model, culture).HtmlBody!;
    }

    public static string Text(string template, string model = "{}", CultureInfo? culture = null)
    {
        var bench = new TemplateBench();
        bench.Files["mail.txt.liquid"] = template;
        return bench.Render("mail", model, culture).TextBody!;
    }

    public static EmailTemplateException Error(string template, string model = "{}", EmailTemplateOptions? options = null)
    {
        var bench = new TemplateBench(options);
        bench.Files["mail.html.liquid"] = template;
        return FluentActions.Invoking(() => bench.Render("mail", model)).Should().ThrowExactly<EmailTemplateException>().Which;
    }

    public RenderedEmail Render(string name = "mail", string model = "{}", CultureInfo? culture = null) =>
        Render(new EmailTemplate(name, Json(model), culture));

    public ValueTask<RenderedEmail> RenderAsync(EmailTemplate template, CancellationToken cancellationToken) => _renderer.RenderAsync(template, cancellationToken);

    public RenderedEmail Render(EmailTemplate template)
    {
        var rendering = _renderer.RenderAsync(template, TestContext.Current.CancellationToken);
        rendering.IsCompleted.Should().BeTrue("rendering waits for nothing");
        return rendering.AsTask().GetAwaiter().GetResult();
    }
}
