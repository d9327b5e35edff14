namespace TransactionalMail;

/// <summary>A message that cannot be sent as it is; nothing was sent and nothing was promised.</summary>
public sealed class EmailValidationException : MailException
{
    /// <summary>Initialises the exception with every problem found.</summary>
    /// <param name="errors">The problems; at least one.</param>
    /// <param name="innerException">The cause, if another exception was one.</param>
    public EmailValidationException(IReadOnlyList<EmailValidationError> errors, Exception? innerException = null)
        : base(Describe(errors), innerException) => Errors = [.. errors];

    /// <summary>Gets every problem of the message, in the order of its fields.</summary>
    public IReadOnlyList<EmailValidationError> Errors { get; }

    private static string Describe(IReadOnlyList<EmailValidationError> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        ArgumentOutOfRangeException.ThrowIfZero(errors.Count, nameof(errors));
        return errors.Count == 1
            ? $"The message cannot be sent. {errors[0]}"
            : $"The message cannot be sent; it has {errors.Count} problems. {string.Join(' ', errors)}";
    }
}
