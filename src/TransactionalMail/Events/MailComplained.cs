namespace TransactionalMail;

/// <summary>The recipient reported the mail as spam.</summary>
/// <remarks>It puts the recipient on the suppression list, for every stream.</remarks>
public sealed record MailComplained : MailEvent;
