namespace TransactionalMail;

/// <summary>The recipient's server took the mail. In which folder it lies, nobody says.</summary>
public sealed record MailDelivered : MailEvent;
