namespace TransactionalMail;

/// <summary>A mail that no relay took over for any recipient, or whose fate is unknown.</summary>
public sealed class MailDeliveryException : MailException
{
    /// <summary>Initialises the exception.</summary>
    /// <param name="id">The mail's identity.</param>
    /// <param name="recipients">What is known for each recipient.</param>
    /// <param name="failures">The failed attempts in order; empty where a relay answered and refused every recipient.</param>
    /// <param name="attempts">How many times a transport was asked.</param>
    /// <param name="innerException">The cause; <see langword="null"/> means the last of <paramref name="failures"/>.</param>
    public MailDeliveryException(MailId id, IReadOnlyList<RecipientOutcome> recipients, IReadOnlyList<MailTransportException> failures, int attempts, Exception? innerException = null)
        : base(Describe(id, recipients, failures), innerException ?? (failures is { Count: > 0 } ? failures[^1] : null))
    {
        Id = id;
        Recipients = [.. recipients];
        Failures = [.. failures];
        Attempts = attempts;
    }

    /// <summary>Gets the mail's identity.</summary>
    public MailId Id { get; }

    /// <summary>Gets what is known for each recipient.</summary>
    public IReadOnlyList<RecipientOutcome> Recipients { get; }

    /// <summary>Gets the failed attempts, in order.</summary>
    public IReadOnlyList<MailTransportException> Failures { get; }

    /// <summary>Gets how many times a transport was asked.</summary>
    public int Attempts { get; }

    /// <summary>Gets whether the mail may have gone out all the same, so that sending it again may send it twice.</summary>
    public bool MayHaveBeenAccepted => Recipients.Any(static r => r.Status is RecipientStatus.Unknown);

    /// <inheritdoc/>
    public override bool IsTransient =>
        Failures.Any(static f => f.IsTransient) || Recipients.Any(static r => r.Status is RecipientStatus.Deferred);

    private static string Describe(MailId id, IReadOnlyList<RecipientOutcome> recipients, IReadOnlyList<MailTransportException> failures)
    {
        ArgumentNullException.ThrowIfNull(recipients);
        ArgumentNullException.ThrowIfNull(failures);
        var verdict = recipients.Any(static r => r.Status is RecipientStatus.Unknown)
            ? $"Mail {id} may or may not have been delivered: the answer was lost after its content went out."
            : $"Mail {id} was not delivered.";
        var reasons = failures.Select(static f => f.Message)
            .Concat(recipients.Where(static r => r.Status is RecipientStatus.Rejected or RecipientStatus.Deferred && r.Diagnostic is not null)
                .Select(static r => r.TransportName is null ? r.Diagnostic! : $"Transport \"{r.TransportName}\" answered: {r.Diagnostic}"));
        return string.Join(' ', reasons.Distinct(StringComparer.Ordinal).Prepend(verdict));
    }
}
