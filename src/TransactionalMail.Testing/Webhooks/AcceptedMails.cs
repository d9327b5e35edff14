namespace TransactionalMail.Testing;

/// <summary>The mails that a simulated provider accepted, in order. Thread-safe.</summary>
internal sealed class AcceptedMails<T>
{
    private readonly Lock _lock = new();
    private readonly List<AcceptedMail<T>> _mails = [];

    public IReadOnlyList<T> Contents
    {
        get
        {
            lock (_lock) return [.. _mails.Select(static mail => mail.Content)];
        }
    }

    public void Add(AcceptedMail<T> mail)
    {
        lock (_lock) _mails.Add(mail);
    }

    /// <summary>Returns the mail that a report is about.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public AcceptedMail<T> Find(SimulatedReport report)
    {
        lock (_lock)
        {
            return _mails.LastOrDefault(mail => IsFor(report.Recipient, mail) && (report.ProviderMessageId is not { } id || string.Equals(id, mail.Id, StringComparison.Ordinal)))
                ?? throw new InvalidOperationException($"The simulator accepted no mail for {report.Recipient.Address}{(report.ProviderMessageId is { } id ? $" with the id {id}" : "")}; a provider reports nothing of mails it does not have.");
        }
    }

    private static bool IsFor(EmailAddress recipient, AcceptedMail<T> mail) => mail.Recipients.Contains(recipient.SmtpAddress, StringComparer.OrdinalIgnoreCase);
}
