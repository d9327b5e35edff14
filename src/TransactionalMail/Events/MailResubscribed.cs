namespace TransactionalMail;

/// <summary>The recipient wants mail of <see cref="MailEvent.StreamName"/> again.</summary>
/// <remarks>It takes back what <see cref="MailUnsubscribed"/> with the same stream did, and no other suppression.</remarks>
public sealed record MailResubscribed : MailEvent;
