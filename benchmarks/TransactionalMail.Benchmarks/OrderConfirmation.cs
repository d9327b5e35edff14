using System.Text.Json.Serialization;

namespace TransactionalMail.Benchmarks;

public sealed record OrderConfirmation(string Customer, int OrderNumber, DateOnly OrderedOn, IReadOnlyList<LineItem> Items, string Currency, Uri TrackingUrl)
{
    public static readonly TemplateId<OrderConfirmation> Template = new("order-confirmation", MailModels.Default.OrderConfirmation);

    public decimal Total => Items.Sum(item => item.Amount);

    public static OrderConfirmation Of(int items) => new(
        "Ada Lovelace",
        10_042,
        new DateOnly(2026, 11, 24),
        [.. Enumerable.Range(1, items).Select(i => new LineItem($"Terracotta pot <{i} cm> & saucer", 1 + i % 3, 2.49m + i))],
        "EUR",
        new Uri("https://shop.acme.example/orders/10042?from=mail"));
}

public sealed record LineItem(string Product, int Quantity, decimal Price)
{
    public decimal Amount => Quantity * Price;
}

[JsonSerializable(typeof(OrderConfirmation))]
internal sealed partial class MailModels : JsonSerializerContext;
