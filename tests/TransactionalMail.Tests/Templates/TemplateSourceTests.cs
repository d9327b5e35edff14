using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Templates;

/// <summary>Templates embedded in this assembly, from Templates/Embedded, through each way an application can add them.</summary>
public sealed class TemplateSourceTests
{
    private const string Folder = "Templates/Embedded";

    private static readonly System.Reflection.Assembly s_assembly = typeof(TemplateSourceTests).Assembly;

    public static TheoryData<string> Ways => ["manifest", "names", "builder"];

    // MSBuild moves "name.de.txt" to a satellite assembly, where no provider looks; "name.de.txt.liquid" it leaves alone.
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Embedded_templates_bring_cultures_layouts_and_partials(string way)
    {
        await using var services = ServicesWith(way);

        (await RenderAsync(services, "welcome", "")).Should().Be(("Welcome, Ada", "<main><h1>Welcome</h1><a href=\"https://acme.example/\">Start</a></main><footer>Acme</footer>"));
        (await RenderAsync(services, "welcome", "de-CH")).Should().Be(("Welcome, Ada", "<main><h1>Willkommen</h1><a href=\"https://acme.example/\">Los</a></main><footer>Acme</footer>"));
        (await RenderAsync(services, "welcome", "de-AT")).Should().Be(("Servus, Ada", "<main><h1>Willkommen</h1><a href=\"https://acme.example/\">Los</a></main><footer>Acme Österreich</footer>"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Embedded_templates_are_found_in_folders_whose_names_no_identifier_could_have(string way)
    {
        await using var services = ServicesWith(way);
        var renderer = services.GetRequiredService<IEmailTemplateRenderer>();

        (await renderer.RenderAsync(Template("account-v1.0/reset", ""), TestContext.Current.CancellationToken)).TextBody.Should().Be("Hello from the folder\n");
        (await renderer.RenderAsync(Template("account-v1.0/reset", "de"), TestContext.Current.CancellationToken)).TextBody.Should().Be("Hallo aus dem Ordner\n");
        await FluentActions.Awaiting(() => renderer.RenderAsync(Template("account-v1.0/none", "de"), TestContext.Current.CancellationToken).AsTask())
            .Should().ThrowExactlyAsync<EmailTemplateException>().WithMessage("*no such template*account-v1.0/none.de.html.liquid*");
    }

    [Fact]
    public async Task A_mail_is_sent_from_an_embedded_template()
    {
        await using var services = ServicesWith("builder");

        await services.GetRequiredService<ITransactionalMailer>().SendAsync(
            new EmailMessage { To = ["ada@example.com"], Template = Template("welcome", "de") }, TestContext.Current.CancellationToken);

        services.GetRequiredService<FakeMailTransport>().Single().TextBody.Should().Be("Willkommen, Ada.\n");
    }

    private static ServiceProvider ServicesWith(string way)
    {
        var services = Some.Services(builder => _ = way switch
        {
            "manifest" => builder.AddTemplates(new ManifestEmbeddedFileProvider(s_assembly, Folder)),
            "names" => builder.AddTemplates(new EmbeddedFileProvider(s_assembly, "TransactionalMail.Tests." + Folder.Replace('/', '.'))),
            _ => builder.AddEmbeddedTemplates(s_assembly, Folder),
        });
        services.UseFakeMail();
        return services.BuildServiceProvider();
    }

    private static EmailTemplate Template(string name, string culture) => new(name, TemplateBench.Json("""{"name":"Ada"}"""), new CultureInfo(culture));

    private static async Task<(string? Subject, string? Html)> RenderAsync(ServiceProvider services, string name, string culture)
    {
        var rendered = await services.GetRequiredService<IEmailTemplateRenderer>().RenderAsync(Template(name, culture), TestContext.Current.CancellationToken);
        return (rendered.Subject, rendered.HtmlBody?.ReplaceLineEndings(""));
    }
}
