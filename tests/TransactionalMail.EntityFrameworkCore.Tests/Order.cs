namespace TransactionalMail.EntityFrameworkCore.Tests;

/// <summary>Something of the application's own.</summary>
public sealed class Order
{
    public int Id { get; set; }

    public string Customer { get; set; } = "";
}
