using Fluid.Values;
using TransactionalMail.Mime;
using TransactionalMail.Templates.Filters;
using TransactionalMail.Templates.Output;
using TransactionalMail.Templates.Syntax;
using TransactionalMail.Templates.Values;

namespace TransactionalMail.Templates;

/// <summary>Renders Liquid templates. Thread-safe.</summary>
internal sealed class LiquidRenderer(TemplateStore store, EmailTemplateOptions options, TimeProvider time) : IEmailTemplateRenderer
{
    public ValueTask<RenderedEmail> RenderAsync(EmailTemplate template, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        try
        {
            return new(Render(template, cancellationToken));
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<RenderedEmail>(exception.CancellationToken);
        }
        catch (EmailTemplateException exception)
        {
            return ValueTask.FromException<RenderedEmail>(exception);
        }
    }

    private RenderedEmail Render(EmailTemplate template, CancellationToken cancellationToken)
    {
        var snapshot = new TemplateSnapshot(store, template.Culture);
        var budget = new RenderBudget(options, time, cancellationToken);
        var model = new JsonObject(template.Model);

        var subject = RenderPart(TemplatePart.Subject)?.Trim();
        var html = RenderPart(TemplatePart.Html);
        var text = RenderPart(TemplatePart.Text);
        if (html is null && text is null) throw Missing(template);
        return new RenderedEmail(subject, html, text ?? DeriveText());

        string DeriveText()
        {
            try
            {
                return HtmlToText.Convert(html!, budget);
            }
            catch (TemplateFault fault)
            {
                var file = snapshot.Find(template.Name, TemplatePart.Html)!.File;
                throw new EmailTemplateException(file, null, $"deriving the text part from the HTML, {fault.Message} A text template makes it unnecessary.");
            }
        }

        string? RenderPart(TemplatePart part)
        {
            if (snapshot.Find(template.Name, part) is not { } file) return null;
            var context = new RenderContext(LiquidFilters.Options, model, snapshot, part, budget, time.GetUtcNow());
            return Render(file, context);
        }
    }

    /// <summary>Renders a template, then the layouts around it from the inside out.</summary>
    private static string Render(ParsedTemplate template, RenderContext context)
    {
        var layout = context.Layout;
        for (var depth = 1; ; depth++)
        {
            var writer = NewWriter(context);
            Node.RenderAll(template.Statements, writer, context);
            if (depth > 1 && !layout.BodyWritten)
                throw new EmailTemplateException(template.File, null, "the layout never says where its body goes. Write {% renderbody %} in it.");


            if (layout.RequestedAt is not { } askedAt) return writer.ToString();
            if (depth > context.Budget.MaxDepth) throw askedAt.Error("layouts wrap each other without end. Remove the {% layout %} that leads back.");

            layout.Body = writer.ToValue();
            if (writer is HtmlPartWriter && layout.Body is not Markup)
                throw new EmailTemplateException(template.File, null, "the template ends inside a tag, an attribute or a comment. Close it.");


            template = context.Templates.Find(layout.Requested!, layout.IsSpelledOut, context.Part, askedAt);
            (layout.RequestedAt, layout.BodyWritten) = (null, false);
        }
    }

    private static TemplateWriter NewWriter(RenderContext context) => context.Part switch
    {
        TemplatePart.Subject => new SubjectWriter(context.Budget, context.CultureInfo),
        TemplatePart.Html => new HtmlPartWriter(context.Budget, context.CultureInfo),
        _ => new TextPartWriter(context.Budget, context.CultureInfo),
    };

    private static EmailTemplateException Missing(EmailTemplate template)
    {
        if (TemplateName.FindProblem(template.Name) is { } problem) return new EmailTemplateException("(invalid name)", null, $"this is not a template's name. {problem}");

        var files = TemplateFiles.Candidates(template.Name, TemplatePart.Html, template.Culture)
            .Concat(TemplateFiles.Candidates(template.Name, TemplatePart.Text, template.Culture));
        return new EmailTemplateException(template.Name, null, $"there is no such template. Looked for {string.Join(", ", files)}.");
    }
}
