using Microsoft.AspNetCore.Http.HttpResults;

namespace TransactionalMail.Tests.WebApplication;

public sealed record Order(string Customer, string Number, string? Copy = null);

public sealed record Confirmation(IReadOnlyList<string> Confirmed, int Attempts);

/// <summary>Confirms an order before it answers.</summary>
public static class Orders
{
    private static readonly TemplateId<Order> s_confirmation = new("order", ShopJson.Default.Order);

    public static async Task<Results<Ok<Confirmation>, ProblemHttpResult>> PlaceAsync(Order order, ITransactionalMailer mailer, CancellationToken cancellationToken)
    {
        try
        {
            var receipt = await mailer.SendAsync(
                new EmailMessage { To = [order.Customer], Bcc = order.Copy is { } copy ? [copy] : [], Template = s_confirmation.With(order) },
                cancellationToken);
            return TypedResults.Ok(new Confirmation(
                [.. receipt.Recipients.Where(r => r.Status is RecipientStatus.Accepted).Select(r => r.Recipient.Address)], receipt.Attempts));
        }
        catch (MailDeliveryException failure)
        {
            return TypedResults.Problem(failure.Message, statusCode: failure.IsTransient ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status422UnprocessableEntity);
        }
    }
}
