namespace TransactionalMail.Transports.Smtp;

/// <summary>The SASL mechanisms this client speaks, strongest first.</summary>
internal static class SmtpMechanisms
{
    private static readonly string[] s_forPassword = ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"];

    private static readonly string[] s_forToken = ["XOAUTH2", "OAUTHBEARER"];

    public static IReadOnlyList<string> For(SmtpOptions options) => options.AccessToken is null ? s_forPassword : s_forToken;
}
