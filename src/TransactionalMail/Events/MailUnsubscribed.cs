namespace TransactionalMail;

/// <summary>The recipient wants no more mail of <see cref="MailEvent.StreamName"/>.</summary>
/// <remarks>It puts the recipient on the suppression list, for that stream; for all of them where the stream is not known.</remarks>
public sealed record MailUnsubscribed : MailEvent;
