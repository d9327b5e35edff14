namespace TransactionalMail.Testing.Smtp;

/// <summary>What becomes of the connection after a reply.</summary>
internal enum SmtpReplyEnding
{
    KeepOpen,
    Close,
    Reset,
    Silence,
    Stall,
}
