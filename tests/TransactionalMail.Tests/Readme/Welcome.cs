using System.Text.Json.Serialization;

namespace TransactionalMail.Tests.Readme;

#region template
public sealed record Welcome(string FirstName, Uri ConfirmationUrl);

[JsonSerializable(typeof(Welcome))]
internal sealed partial class MailModels : JsonSerializerContext;

public static class Mails
{
    public static readonly TemplateId<Welcome> Welcome = new("welcome", MailModels.Default.Welcome);
}
#endregion
