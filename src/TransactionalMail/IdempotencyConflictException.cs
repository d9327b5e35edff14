namespace TransactionalMail;

/// <summary>An <see cref="EmailMessage.IdempotencyKey"/> that stands for another mail already. Nothing was sent or stored, and a transaction of the caller goes on.</summary>
public sealed class IdempotencyConflictException : MailException
{
    /// <summary>Initialises the exception.</summary>
    /// <param name="mailId">The mail the key stands for.</param>
    /// <param name="problem">What is in conflict; <see langword="null"/> says that the content is other.</param>
    public IdempotencyConflictException(MailId mailId, string? problem = null)
        : base(problem ?? $"The idempotency key stands for mail {mailId}, which had other content. Let the key name the one mail it is for, such as the order's number together with what the mail says of it.") =>
        MailId = mailId;

    /// <summary>Gets the mail the key stands for.</summary>
    public MailId MailId { get; }
}
