using System.Globalization;

namespace TransactionalMail.Soak;

/// <summary>The mails of a run. Sender and recipients carry the mail's number, by which a relay knows the fault it meets.</summary>
internal static class Letter
{
    /// <summary>The stream whose mail has one way to go.</summary>
    public const string OneRelay = "alerts";

    /// <summary>The stream whose mail fails over to a second relay.</summary>
    public const string TwoRelays = "receipts";

    private const string Domain = "soak.example";

    private static readonly string s_text = string.Join("\r\n", Enumerable.Repeat("Thank you for your order. A line of an ordinary mail has about this length.", 12));
    private static readonly string s_html = $"<!DOCTYPE html><html lang=\"en\"><body><p>{string.Join("</p>\r\n<p>", s_text.Split("\r\n"))}</p></body></html>";

    public static EmailMessage Write(int index) => new()
    {
        StreamName = int.IsEvenInteger(index) ? OneRelay : TwoRelays,
        EnvelopeSender = Address('m', index),
        To = [Address('a', index)],
        Cc = [Address('b', index)],
        Subject = string.Create(CultureInfo.InvariantCulture, $"Order {index}"),
        TextBody = s_text,
        HtmlBody = s_html,
    };

    /// <summary>Returns the number of the mail whose address this is.</summary>
    public static int IndexOf(string address) =>
        int.Parse(address.AsSpan(1, address.IndexOf('@', StringComparison.Ordinal) - 1), NumberStyles.None, CultureInfo.InvariantCulture);

    public static bool IsSecondRecipient(string address) => address[0] == 'b';

    private static string Address(char role, int index) => string.Create(CultureInfo.InvariantCulture, $"{role}{index}@{Domain}");
}
