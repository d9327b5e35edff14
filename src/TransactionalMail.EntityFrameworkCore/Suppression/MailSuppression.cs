namespace TransactionalMail.EntityFrameworkCore.Suppression;

/// <summary>A row for each entry of the suppression list. The first three columns are its identity.</summary>
internal class MailSuppression
{
    /// <summary>Gets what all spellings of the recipient have in common (<see cref="SuppressionEntry.KeyOf"/>).</summary>
    public required string RecipientKey { get; init; }

    /// <summary>Gets the stream's name in lower case; empty for every stream, since a key holds no NULL.</summary>
    public required string Stream { get; init; }

    /// <summary>Gets the name of the reason; numbers may move.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets since when, in ticks of 100 ns since 1970-01-01 UTC.</summary>
    public long Since { get; init; }

    /// <summary>Gets the bare address as it was written.</summary>
    public required string Recipient { get; init; }

    /// <summary>Gets the stream's name as it was written.</summary>
    public string? StreamName { get; init; }

    public string? Diagnostic { get; init; }
}
