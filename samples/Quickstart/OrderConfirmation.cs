using System.Text.Json.Serialization;
using TransactionalMail;

/// <summary>What the template <c>order-confirmation</c> shows; properties become <c>snake_case</c> variables.</summary>
internal sealed record OrderConfirmation(string Customer, int OrderNumber, DateOnly OrderedOn, IReadOnlyList<LineItem> Items, string Currency, Uri TrackingUrl)
{
    public static TemplateId<OrderConfirmation> Template { get; } = new("order-confirmation", MailModels.Default.OrderConfirmation);

    public decimal Total => Items.Sum(item => item.Amount);
}

internal sealed record LineItem(string Product, int Quantity, decimal Price)
{
    public decimal Amount => Quantity * Price;
}

[JsonSerializable(typeof(OrderConfirmation))]
internal sealed partial class MailModels : JsonSerializerContext;
