namespace TransactionalMail.Testing.Smtp;

/// <summary>A mail transaction under way: what <c>MAIL</c> and <c>RCPT</c> have said so far (RFC 5321 §3.3).</summary>
internal sealed class SmtpTransaction(SmtpPath sender)
{
    public SmtpPath Sender => sender;

    public bool AllowsUtf8 { get; } = sender.Parameters.ContainsKey("SMTPUTF8");

    public List<string> Recipients { get; } = [];
}
