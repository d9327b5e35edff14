/// <summary>An order as an application would load it.</summary>
internal static class Orders
{
    private static readonly string[] s_products =
    [
        "Watering can, 5 l", "Terracotta pot, 18 cm", "Basil seeds", "Pruning shears \"Felco 2\"", "Potting soil, 20 l",
        "Bird feeder", "Garden twine", "Tomato seeds", "Kneeling pad", "Rain gauge",
        "Hand trowel", "Compost thermometer", "Rosemary plant", "Trellis, 120 cm", "Leather gloves <M>",
        "Seed tray", "Plant labels & pencil", "Lavender plant", "Hose, 15 m", "Bee hotel",
    ];

    public static OrderConfirmation Sample(string customer, string currency) => new(
        customer,
        OrderNumber: 10_042,
        OrderedOn: new DateOnly(2026, 11, 24),
        [.. s_products.Select((product, i) => new LineItem(product, 1 + i % 3, 2.49m + i * 3.5m))],
        currency,
        new Uri("https://shop.acme.example/orders/10042?from=mail"));
}
