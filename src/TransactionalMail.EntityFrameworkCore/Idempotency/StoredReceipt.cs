using System.Text.Json;

namespace TransactionalMail.EntityFrameworkCore.Idempotency;

/// <summary>A receipt as it is stored.</summary>
internal sealed record StoredReceipt(Guid Id, string? MessageId, IReadOnlyList<StoredReceipt.Outcome> Recipients, int Attempts, DateTimeOffset AcceptedAt)
{
    public static byte[] Write(MailReceipt receipt) => JsonSerializer.SerializeToUtf8Bytes(
        new StoredReceipt(receipt.Id.Value, receipt.MessageId, [.. receipt.Recipients.Select(Outcome.Of)], receipt.Attempts, receipt.AcceptedAt), StoredReceiptJson.Default.StoredReceipt);

    public static MailReceipt Read(ReadOnlySpan<byte> bytes)
    {
        var stored = JsonSerializer.Deserialize(bytes, StoredReceiptJson.Default.StoredReceipt) ?? throw new FormatException("The stored receipt is empty.");
        return new MailReceipt(new MailId(stored.Id), stored.MessageId, [.. stored.Recipients.Select(static r => r.Read())], stored.Attempts, stored.AcceptedAt);
    }

    internal sealed record Outcome(string Recipient, string Status, string? TransportName, string? ProviderMessageId, string? Diagnostic, string? ProviderCode, string? EnhancedCode)
    {
        public static Outcome Of(RecipientOutcome o) => new(o.Recipient.ToString(), o.Status.ToString(), o.TransportName, o.ProviderMessageId, o.Diagnostic, o.ProviderCode, o.EnhancedCode);

        public RecipientOutcome Read() => new(Recipient, Enum.Parse<RecipientStatus>(Status), TransportName, ProviderMessageId, Diagnostic) { ProviderCode = ProviderCode, EnhancedCode = EnhancedCode };
    }
}
