using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TransactionalMail.Benchmarks.Outbox;

/// <summary>The mails that everybody stores: an order's confirmation as HTML and as text, about 8 KB together, no two alike.</summary>
internal static class Letters
{
    public const int Size = 8192;

    private static readonly string[] s_words =
        ("terracotta saucer walnut kettle linen harbour copper lantern meadow cedar ribbon quartz orchard velvet anchor maple pepper saddle thimble willow "
        + "basket marble candle feather granite hazel ivory juniper kiln lavender mortar nettle olive pebble quilt russet sorrel teasel umber vessel").Split(' ');

    private static readonly EmailMessage[] s_all = [.. Enumerable.Range(0, 256).Select(Write)];
    private static readonly EmailMessage[] s_htmlAlone = [.. s_all.Select(static mail => mail with { TextBody = null })];
    private static int s_next;

    public static EmailMessage Next() => NextOf(s_all);

    /// <summary>Returns a mail whose text part has yet to be derived, which is work that nobody else does.</summary>
    public static EmailMessage NextWithoutText() => NextOf(s_htmlAlone);

    /// <summary>Turns a mail into bytes, as whoever stores one must.</summary>
    public static byte[] ToBytes(EmailMessage mail) =>
        JsonSerializer.SerializeToUtf8Bytes(new Letter(mail.From!.Address, mail.To[0].Address, mail.Subject!, mail.TextBody, mail.HtmlBody!), LetterJson.Wire.Letter);

    public static Letter Read(byte[] bytes) => JsonSerializer.Deserialize(bytes, LetterJson.Wire.Letter)!;

    private static EmailMessage NextOf(EmailMessage[] mails) => mails[(Interlocked.Increment(ref s_next) & int.MaxValue) % mails.Length];

    private static EmailMessage Write(int number)
    {
        var random = new Random(number);
        var html = new StringBuilder("<!doctype html><html><body style=\"font-family:sans-serif\"><h1>Thank you for your order</h1><table width=\"100%\">");
        var text = new StringBuilder("Thank you for your order\n\n");
        while (html.Length + text.Length < Size - 350)
        {
            var (product, price) = ($"{Word()} {Word()} with {Word()} and {Word()}", string.Create(CultureInfo.InvariantCulture, $"{random.Next(1, 9)} x {random.Next(100, 99_999) / 100m:0.00} EUR"));
            html.Append(CultureInfo.InvariantCulture, $"<tr><td style=\"padding:8px 0;color:#333\">{product}</td><td align=\"right\">{price}</td></tr>\n");
            text.Append(CultureInfo.InvariantCulture, $"{product}  {price}\n");
        }

        html.Append("</table></body></html>");
        return new EmailMessage { From = "no-reply@acme.example", To = [$"customer{number}@shop.example"], Subject = $"Your order {number}", TextBody = text.ToString(), HtmlBody = html.ToString() };

        string Word() => s_words[random.Next(s_words.Length)];
    }
}

/// <summary>A mail as somebody without this library would store it.</summary>
internal sealed record Letter(string From, string To, string Subject, string? TextBody, string HtmlBody);

[JsonSerializable(typeof(Letter))]
internal sealed partial class LetterJson : JsonSerializerContext
{
    public static LetterJson Wire { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
