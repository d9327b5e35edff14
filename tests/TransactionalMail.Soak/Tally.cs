using System.Globalization;

namespace TransactionalMail.Soak;

/// <summary>How often the relays took one mail.</summary>
/// <param name="Id">The mail's identity, from its header.</param>
/// <param name="First">How often for its first recipient.</param>
/// <param name="Second">How often for its second.</param>
/// <param name="LostReplies">How often its client could not know that.</param>
/// <param name="HasStrayed">Whether two relays took it for the same recipient, so that it was sent elsewhere while it may have gone out.</param>
internal readonly record struct Tally(MailId Id, int First, int Second, int LostReplies, bool HasStrayed)
{
    public static Tally Parse(string line)
    {
        var parts = line.Split(' ');
        return new Tally(new MailId(Guid.Parse(parts[0])), Number(parts[1]), Number(parts[2]), Number(parts[3]), bool.Parse(parts[4]));

        static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);
    }

    /// <summary>Returns what <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id} {First} {Second} {LostReplies} {HasStrayed}");
}
