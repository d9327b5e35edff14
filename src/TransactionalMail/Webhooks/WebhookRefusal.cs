namespace TransactionalMail.Webhooks;

/// <summary>Why a request is not taken. The numbers are HTTP statuses, each of which makes the provider stop or try again as it should.</summary>
public enum WebhookRefusal
{
    /// <summary>It cannot be read although it is authentic.</summary>
    Malformed = 400,

    /// <summary>Nothing proves that it comes from the provider, or it is too old, or it was used before.</summary>
    Unauthenticated = 401,

    /// <summary>It is larger than any the provider sends.</summary>
    TooLarge = 413,

    /// <summary>Its content is of a type the provider does not send.</summary>
    UnsupportedMediaType = 415,
}
