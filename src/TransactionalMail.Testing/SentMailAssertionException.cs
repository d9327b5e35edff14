namespace TransactionalMail.Testing;

/// <summary>An expectation on a <see cref="FakeMailTransport"/> that did not hold; the message lists what was sent instead.</summary>
/// <remarks>Test frameworks report it as a failed test.</remarks>
public sealed class SentMailAssertionException : Exception
{
    internal SentMailAssertionException(string expectation, IReadOnlyList<SentMail> sent)
        : base(Describe(expectation, sent))
    {
    }

    private static string Describe(string expectation, IReadOnlyList<SentMail> sent) => sent.Count == 0
        ? $"{expectation} Nothing was sent."
        : $"{expectation} Sent were:{string.Concat(sent.Select(static (mail, i) => $"{Environment.NewLine}  {i + 1}. {mail}"))}";
}
