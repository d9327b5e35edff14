namespace TransactionalMail.Testing;

/// <summary>What the client asked, given to a handler of <see cref="LocalSmtpServer.On"/> that decides the reply.</summary>
public sealed class SmtpCommandContext
{
    internal SmtpCommandContext()
    {
    }

    /// <summary>Gets the point of the conversation.</summary>
    public required SmtpStage Stage { get; init; }

    /// <summary>Gets the number of the connection, counted from 1.</summary>
    public required int ConnectionId { get; init; }

    /// <summary>Gets whether the connection is encrypted.</summary>
    public required bool IsSecure { get; init; }

    /// <summary>Gets the user who has authenticated.</summary>
    /// <value><see langword="null"/> before a successful <c>AUTH</c>.</value>
    public required string? UserName { get; init; }

    /// <summary>Gets the address in <c>MAIL FROM</c> (empty for the null reverse-path) or <c>RCPT TO</c>.</summary>
    /// <value><see langword="null"/> at every other stage.</value>
    public required string? Mailbox { get; init; }

    /// <summary>Gets how many recipients were accepted so far in this transaction.</summary>
    public required int RecipientCount { get; init; }

    /// <summary>Gets the whole message at <see cref="SmtpStage.EndOfData"/>.</summary>
    /// <value><see langword="null"/> at every other stage.</value>
    public required ReceivedMessage? Message { get; init; }

    /// <summary>Returns the stage and the connection, no addresses.</summary>
    public override string ToString() => $"{Stage} on connection {ConnectionId}";
}
