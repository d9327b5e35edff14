namespace TransactionalMail;

/// <summary>A relay took custody of the mail for this recipient; whether it arrives is reported later, if at all.</summary>
public sealed record MailAccepted : MailEvent;
