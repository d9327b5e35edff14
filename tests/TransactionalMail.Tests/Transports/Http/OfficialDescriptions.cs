namespace TransactionalMail.Tests.Transports.Http;

/// <summary>The descriptions, each read once.</summary>
internal static class OfficialDescriptions
{
    private static readonly Lazy<OfficialDescription> s_mailgun = new(static () => OfficialDescription.OfApiAsync("provider-apis/mailgun/mailgun-send.patched.openapi.json").GetAwaiter().GetResult());
    private static readonly Lazy<OfficialDescription> s_postmark = new(static () => OfficialDescription.OfApiAsync("provider-apis/postmark/postmark-server.patched.swagger2.json").GetAwaiter().GetResult());
    private static readonly Lazy<OfficialDescription> s_sendGrid = new(static () => OfficialDescription.OfApiAsync("provider-apis/sendgrid/tsg_mail_v3.patched.openapi.json").GetAwaiter().GetResult());
    private static readonly Lazy<OfficialDescription> s_ses = new(static () => OfficialDescription.OfBodyAsync("provider-apis/ses/sesv2-send.derived.schema.json", "POST", "/v2/email/outbound-emails").GetAwaiter().GetResult());

    public static OfficialDescription Mailgun => s_mailgun.Value;

    public static OfficialDescription Postmark => s_postmark.Value;

    public static OfficialDescription SendGrid => s_sendGrid.Value;

    public static OfficialDescription Ses => s_ses.Value;
}
