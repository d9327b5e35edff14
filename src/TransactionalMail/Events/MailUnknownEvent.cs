namespace TransactionalMail;

/// <summary>Something a provider reports that this library has no kind for.</summary>
public sealed record MailUnknownEvent : MailEvent
{
    /// <summary>Gets the provider's name of it.</summary>
    public required string Name { get; init; }
}
