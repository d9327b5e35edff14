using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Delivery;
using TransactionalMail.Mime;

namespace TransactionalMail.Preparation;

/// <summary>Turns what somebody wrote into what can be sent, or says why it cannot; nothing leaves the process here.</summary>
internal sealed class MailPreparer(IServiceScopeFactory scopes, IEmailTemplateRenderer renderer, StagingRedirect? redirect = null)
{
    public async ValueTask<PreparedEmail> PrepareAsync(EmailMessage message, MailStream stream, CancellationToken cancellationToken)
    {
        message = message with { From = message.From ?? stream.From, StreamName = stream.Name };
        message = await InterceptAsync(message, cancellationToken).ConfigureAwait(false);
        Validate(message, stream);
        var rendered = await RenderAsync(message, cancellationToken).ConfigureAwait(false);
        rendered = redirect?.Redirect(rendered) ?? rendered;
        if (!ReferenceEquals(rendered, message)) Validate(rendered, stream);
        return new PreparedEmail(rendered, message.Template?.Name);
    }

    private async ValueTask<EmailMessage> InterceptAsync(EmailMessage message, CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            foreach (var interceptor in scope.ServiceProvider.GetServices<IMailInterceptor>())
            {
                message = await interceptor.OnSendingAsync(message, cancellationToken).ConfigureAwait(false);
            }
        }

        return message;
    }

    private async ValueTask<EmailMessage> RenderAsync(EmailMessage message, CancellationToken cancellationToken)
    {
        if (message.Template is { } template)
        {
            var rendered = await renderer.RenderAsync(template, cancellationToken).ConfigureAwait(false);
            return message with
            {
                Template = null,
                Subject = message.Subject ?? rendered.Subject,
                HtmlBody = rendered.HtmlBody,
                TextBody = rendered.TextBody,
            };
        }

        return message is { HtmlBody: { } html, TextBody: null } ? message with { TextBody = HtmlToText.Convert(html) } : message;
    }

    private static void Validate(EmailMessage message, MailStream stream)
    {
        List<EmailValidationError> errors = [.. MessageValidator.Validate(message)];
        if (!string.Equals(message.StreamName, stream.Name, StringComparison.Ordinal))
        {
            errors.Add(new("StreamName", $"An interceptor moved the message away from stream \"{stream.Name}\"; a message keeps its stream."));
        }

        if (errors.Count > 0) throw new EmailValidationException(errors);
    }
}
