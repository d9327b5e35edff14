namespace TransactionalMail;

/// <summary>Renders a template without sending it: for previews, and for tests of the templates themselves.</summary>
/// <remarks>A thread-safe singleton.</remarks>
public interface IEmailTemplateRenderer
{
    /// <summary>Renders every part of a template.</summary>
    /// <exception cref="EmailTemplateException">The template is missing, wrong, or exceeds its limits.</exception>
    ValueTask<RenderedEmail> RenderAsync(EmailTemplate template, CancellationToken cancellationToken = default);
}
