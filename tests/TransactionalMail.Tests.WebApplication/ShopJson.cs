using System.Text.Json.Serialization;

namespace TransactionalMail.Tests.WebApplication;

[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(PasswordReset))]
internal sealed partial class ShopJson : JsonSerializerContext;
