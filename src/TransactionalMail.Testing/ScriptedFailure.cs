namespace TransactionalMail.Testing;

/// <summary>A failure that waits for the next attempt to send to an inbox.</summary>
internal sealed record ScriptedFailure(MailInbox Inbox, TransportFailure Failure, bool MayHaveBeenAccepted);
