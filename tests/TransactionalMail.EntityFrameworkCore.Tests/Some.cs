using TransactionalMail.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Tests;

/// <summary>Mail that is ready to go.</summary>
internal static class Some
{
    public static TimeSpan Lease { get; } = TimeSpan.FromMinutes(1);

    public static OutboxEntry Entry(DateTimeOffset? at = null, string text = "Thank you.", params EmailAttachment[] attachments)
    {
        var now = at ?? TimeProvider.System.GetUtcNow();
        return new OutboxEntry
        {
            Id = MailId.New(now),
            StreamName = "default",
            Message = new EmailMessage { From = "no-reply@acme.example", To = ["ada@example.com"], Subject = "Your order", TextBody = text, Attachments = attachments },
            AcceptedAt = now,
            DueAt = now,
            Recipients = ["ada@example.com"],
        };
    }

    public static OutboxEntry[] Entries(int count) => [.. Enumerable.Range(0, count).Select(_ => Entry())];

    public static async Task<List<OutboxEntry>> DeadLettersAsync(this IOutboxAdmin admin)
    {
        var dead = new List<OutboxEntry>();
        await foreach (var entry in admin.ReadDeadLettersAsync(TestContext.Current.CancellationToken)) dead.Add(entry);
        return dead;
    }
}
