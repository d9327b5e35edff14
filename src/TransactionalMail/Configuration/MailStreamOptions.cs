namespace TransactionalMail;

/// <summary>The settings of one stream, a class of traffic such as receipts or alerts.</summary>
public sealed class MailStreamOptions
{
    /// <summary>Gets the names of the transports to use, the first that works.</summary>
    /// <value>The default is every transport in order of registration.</value>
    public IList<string> Transports { get; } = [];

    /// <summary>Gets or sets the author of mail that names none.</summary>
    /// <value>The default is <see cref="TransactionalMailOptions.From"/>.</value>
    public string? From { get; set; }
}
