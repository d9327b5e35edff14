using System.Text.Json.Serialization;

namespace TransactionalMail.EntityFrameworkCore.Idempotency;

/// <summary>Writes receipts without reflection.</summary>
[JsonSerializable(typeof(StoredReceipt))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class StoredReceiptJson : JsonSerializerContext;
