using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Webhooks;

namespace TransactionalMail;

/// <summary>Maps what receives the reports of mail providers.</summary>
public static class MailWebhookEndpoints
{
    /// <summary>Maps <c>POST {prefix}/{transport}</c>, for each transport whose options hold what proves a request.</summary>
    /// <param name="endpoints">The application's endpoints.</param>
    /// <param name="prefix">The path before the transport's name.</param>
    /// <returns>The endpoint, for conventions such as a rate limit.</returns>
    /// <remarks>
    /// It is open to everybody, whatever the application asks of other requests: the provider proves itself. It answers 200 when audit and suppression list have the events, 503 when they
    /// could not be, so that the provider tells them again, 404 for other names, and for what it does not take the number of the <see cref="WebhookRefusal"/>. A body has
    /// <see cref="WebhookReader.LargestBody"/> bytes at most, and is not decompressed.
    /// </remarks>
    public static IEndpointConventionBuilder MapMailWebhooks(this IEndpointRouteBuilder endpoints, string prefix = "/mail/webhooks")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        return endpoints.MapPost($"{prefix.TrimEnd('/')}/{{transport}}", static context => ReceiveAsync(context)).AllowAnonymous().WithDisplayName("Webhooks of mail providers");
    }

    private static async Task ReceiveAsync(HttpContext context)
    {
        var webhooks = context.RequestServices.GetRequiredService<IMailWebhooks>();
        var transport = (string)context.Request.RouteValues["transport"]!;
        if (!webhooks.TransportNames.Contains(transport, StringComparer.OrdinalIgnoreCase))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            await webhooks.ReceiveAsync(transport, await ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false), context.RequestAborted).ConfigureAwait(false);
        }
        catch (MailWebhookException refused)
        {
            context.Response.StatusCode = (int)refused.Refusal;
            if (refused.Refusal is WebhookRefusal.Unauthenticated) context.Response.Headers.WWWAuthenticate = "Basic realm=\"mail webhooks\""; // some ask first without their password
        }
        catch (MailEventsNotStoredException)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        catch (BadHttpRequestException broken)
        {
            context.Response.StatusCode = broken.StatusCode; // too slow, cut off
        }
    }

    private static async ValueTask<MailWebhookRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > WebhookReader.LargestBody) throw new MailWebhookException(WebhookRefusal.TooLarge, "The request is larger than any the provider sends.");
        if (request.Headers.ContentEncoding.Count > 0) throw new MailWebhookException(WebhookRefusal.UnsupportedMediaType, "The request is compressed, which no provider does.");

        var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (body.Length <= WebhookReader.LargestBody && await request.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count) body.Write(buffer, 0, count);
        return new MailWebhookRequest(request.Headers.ToDictionary(static h => h.Key, static h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.GetBuffer().AsMemory(0, (int)body.Length));
    }
}
