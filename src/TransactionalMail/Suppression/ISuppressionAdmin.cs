namespace TransactionalMail.Suppression;

/// <summary>What people do with a suppression list beyond <see cref="ISuppressionList"/>: look into it, fill it, and clear somebody. Thread-safe.</summary>
/// <remarks><see cref="SuppressionCsv"/> writes and reads entries as a file.</remarks>
public interface ISuppressionAdmin
{
    /// <summary>Finds entries, those since longest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    IAsyncEnumerable<SuppressionEntry> FindAsync(SuppressionFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Adds entries, all or none. One of the same recipient, reason and stream that is there already stays as it is, with its date.</summary>
    /// <param name="entries">The entries, as many as there are.</param>
    /// <param name="cancellationToken">Cancels it; nothing is added then.</param>
    /// <returns>How many were new.</returns>
    ValueTask<int> ImportAsync(IReadOnlyCollection<SuppressionEntry> entries, CancellationToken cancellationToken = default);

    /// <summary>Removes every entry of a recipient, whatever its reason and stream; the next mail goes out.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>How many were removed.</returns>
    /// <remarks>Providers keep lists of their own, which this does not touch.</remarks>
    ValueTask<int> ClearAsync(EmailAddress recipient, CancellationToken cancellationToken = default);
}
