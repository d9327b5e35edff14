using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit.Utils;

namespace TransactionalMail.Testing;

/// <summary>What Mailgun says of its fields: https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages.</summary>
internal static partial class MailgunRules
{
    private const int LargestFields = 16 * 1024;
    private const int MostTags = 10;

    private static readonly Dictionary<string, Func<string, bool>> s_options = new(StringComparer.Ordinal)
    {
        ["o:tag"] = static value => value.Length is > 0 and <= 128 && Ascii.IsValid(value),
        ["o:dkim"] = IsSwitch,
        ["o:secondary-dkim"] = IsKey,
        ["o:secondary-dkim-public"] = IsKey,
        ["o:deliverytime"] = static value => DateUtils.TryParse(value, out _),
        ["o:deliver-within"] = static value => Hours(value) is >= 5 / 60.0 and <= 24,
        ["o:deliverytime-optimize-period"] = static value => !value.Contains('m', StringComparison.Ordinal) && Hours(value) is >= 24 and <= 72,
        ["o:time-zone-localize"] = static value => TimeOnly.TryParseExact(value, ["HH:mm", "hh:mmtt"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        ["o:testmode"] = static value => value is "yes",
        ["o:tracking"] = IsSwitchOrHtmlOnly,
        ["o:tracking-clicks"] = IsSwitchOrHtmlOnly,
        ["o:tracking-opens"] = IsSwitch,
        ["o:tracking-pixel-location-top"] = IsSwitchOrHtmlOnly,
        ["o:require-tls"] = IsSwitch,
        ["o:skip-verification"] = IsSwitch,
        ["o:sending-ip"] = static value => IPAddress.TryParse(value, out _),
        ["o:sending-ip-pool"] = static value => value.Length > 0,
        ["o:archive-to"] = static value => Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https",
        ["o:suppress-headers"] = static value => value.Length > 0,
    };

    /// <summary>Returns what is wrong with the fields beside recipients and message, or <see langword="null"/>.</summary>
    public static string? FindProblem(ILookup<string, string> fields)
    {
        foreach (var field in fields)
        {
            var isFree = field.Key is ['h' or 'v', ':', _, ..];
            if (!isFree && !s_options.ContainsKey(field.Key)) return $"'{field.Key}' parameter is not known";
            if (field.Count() > 1 && field.Key is not ("o:tag" or ['h', ..])) return $"'{field.Key}' parameter stands more than once";
            if (!isFree && !field.All(s_options[field.Key])) return $"'{field.Key}' parameter is not valid";
        }

        if (fields["o:tag"].Count() > MostTags) return "Too many tags";
        return fields.Sum(static f => f.Sum(value => Encoding.UTF8.GetByteCount(f.Key) + Encoding.UTF8.GetByteCount(value))) > LargestFields
            ? "Send options (parameters starting with o:, h:, v:, or t:) are limited to 16KB total"
            : null;
    }

    private static bool IsSwitch(string value) => value is "yes" or "no" or "true" or "false";

    private static bool IsSwitchOrHtmlOnly(string value) => value is "htmlonly" || IsSwitch(value);

    /// <summary>Tells whether this is a DKIM key: <c>example.com/s1</c>.</summary>
    private static bool IsKey(string value) => value.Split('/') is [{ Length: > 0 }, { Length: > 0 }];

    private static double? Hours(string value) => Period().Match(value) is { Success: true, Length: > 0 } match
        ? Number(match.Groups["hours"].Value) + (Number(match.Groups["minutes"].Value) / 60)
        : null;

    private static double Number(string digits) => digits.Length == 0 ? 0 : double.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex("^((?<hours>[0-9]{1,4})h)?((?<minutes>[0-9]{1,4})m)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Period();
}
