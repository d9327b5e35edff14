using System.Globalization;
using System.Net.Http.Headers;

namespace TransactionalMail.Transports.Http;

/// <summary>Reads <c>Retry-After</c> (RFC 9110 §10.2.3), which providers write in every way.</summary>
internal static class RetryAfterField
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    /// <summary>Returns the wait, of a day at most, or <see langword="null"/> where there is none to honour.</summary>
    public static TimeSpan? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (!headers.TryGetValues("Retry-After", out var values) || values.FirstOrDefault()?.Trim() is not { Length: > 0 } text) return null;
        if (text.All(char.IsAsciiDigit))
        {
            var seconds = double.Parse(text, CultureInfo.InvariantCulture);
            return seconds < s_longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : s_longest;
        }

        if (!DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) || date <= now) return null;
        return date - now < s_longest ? date - now : s_longest;
    }
}
