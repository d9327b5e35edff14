using System.Buffers;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace TransactionalMail.Tests.Canaries;

/// <summary>Hears canaries in a text: whole or half, in any case, across line breaks, and encoded.</summary>
internal sealed partial class CanaryEar
{
    private readonly (Canary Canary, string[] Plain, string[] Base64)[] _songs;
    private readonly SearchValues<string> _plain;
    private readonly SearchValues<string> _base64;

    public CanaryEar(IEnumerable<Canary> canaries)
    {
        _songs = [.. canaries.Select(c => (c, Halves(c.Value), Base64Of(c.Value)))];
        _plain = SearchValues.Create([.. _songs.SelectMany(s => s.Plain)], StringComparison.OrdinalIgnoreCase);
        _base64 = SearchValues.Create([.. _songs.SelectMany(s => s.Base64)], StringComparison.Ordinal);
    }

    public IEnumerable<Canary> Hear(string text)
    {
        var heard = new HashSet<Canary>();
        if (text.AsSpan().ContainsAny(_base64)) heard.UnionWith(_songs.Where(s => Array.Exists(s.Base64, b => text.Contains(b, StringComparison.Ordinal))).Select(s => s.Canary));
        foreach (var reading in ReadingsOf(text).Where(r => r.AsSpan().ContainsAny(_plain)))
        {
            heard.UnionWith(_songs.Where(s => Array.Exists(s.Plain, p => reading.Contains(p, StringComparison.OrdinalIgnoreCase))).Select(s => s.Canary));
        }

        return heard;
    }

    private static IEnumerable<string> ReadingsOf(string text)
    {
        yield return text;
        yield return WhiteSpace().Replace(text, "");
        if (text.Contains('%', StringComparison.Ordinal)) yield return Uri.UnescapeDataString(text);
        if (text.Contains('=', StringComparison.Ordinal)) yield return QuotedPrintable().Replace(text, Character);
        if (text.Contains('\\', StringComparison.Ordinal)) yield return JsonEscape().Replace(text, Character);
        if (text.Contains('&', StringComparison.Ordinal)) yield return WebUtility.HtmlDecode(text);
    }

    private static string Character(Match escape) => escape.Groups["hex"] is { Success: true } hex ? ((char)Convert.ToInt32(hex.Value, 16)).ToString() : "";

    // A text that was cut still holds a half.
    private static string[] Halves(string song) => [song[..(song.Length / 2)], song[(song.Length / 2)..]];

    private static string[] Base64Of(string song) =>
        [.. new[] { song, song.ToUpperInvariant(), song.ToLowerInvariant() }.Distinct().SelectMany(s => Enumerable.Range(0, 3).SelectMany(shift => Halves(Base64Of(s, shift))))];

    /// <summary>Returns the characters of the base64 that depend on the song alone, where <paramref name="shift"/> bytes come before it.</summary>
    private static string Base64Of(string song, int shift)
    {
        var encoded = Convert.ToBase64String(Encoding.ASCII.GetBytes(new string('\0', shift) + song));
        return encoded[(shift == 0 ? 0 : shift + 1)..((shift + song.Length) * 4 / 3)];
    }

    [GeneratedRegex(@"\s+|=\r?\n", RegexOptions.None, 1000)]
    private static partial Regex WhiteSpace();

    [GeneratedRegex("=(?<hex>[0-9A-Fa-f]{2})|=\r?\n", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex QuotedPrintable();

    [GeneratedRegex(@"\\u(?<hex>[0-9A-Fa-f]{4})|\\", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex JsonEscape();
}
