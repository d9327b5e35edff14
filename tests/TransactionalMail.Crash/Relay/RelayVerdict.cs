using TransactionalMail.Crash.Judging;

namespace TransactionalMail.Crash.Relay;

/// <summary>What kills of the relay did.</summary>
/// <param name="Verdict">What came of the mail.</param>
/// <param name="CarriedTwice">How many mails went to the queue once more.</param>
internal sealed record RelayVerdict(Verdict Verdict, int CarriedTwice)
{
    public static RelayVerdict operator +(RelayVerdict one, RelayVerdict other) => new(one.Verdict + other.Verdict, one.CarriedTwice + other.CarriedTwice);
}
