using System.Security.Cryptography;
using System.Text;

namespace TransactionalMail.Tests.Canaries;

/// <summary>A value that stands in one place only, so that it tells where it came from wherever it turns up.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Place">Where it is planted.</param>
/// <param name="Value">Letters and digits that occur nowhere else.</param>
internal sealed record Canary(CanaryKind Kind, string Place, string Value)
{
    public Canary(CanaryKind kind, string place)
        : this(kind, place, Song(place))
    {
    }

    /// <summary>Returns the value, so that it can be written into a text.</summary>
    public override string ToString() => Value;

    // The same on each run; a letter first, as some places want one.
    private static string Song(string place)
    {
        const string Letters = "abcdefghijklmnopqrstuvwxyz234567";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(place));
        return "k" + string.Concat(hash.Take(23).Select(b => Letters[b % 32]));
    }
}
