using System.Diagnostics.CodeAnalysis;

namespace TransactionalMail;

/// <summary>The identity of one accepted mail, the same on every attempt, route and event.</summary>
/// <param name="Value">A version 7 UUID (RFC 9562 §5.7), so that ids sort by the time they were made.</param>
public readonly record struct MailId(Guid Value) : IParsable<MailId>
{
    /// <summary>Makes a new id.</summary>
    /// <param name="timestamp">The time it carries.</param>
    public static MailId New(DateTimeOffset timestamp) => new(Guid.CreateVersion7(timestamp));

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException"><paramref name="s"/> is not a UUID.</exception>
    public static MailId Parse(string s, IFormatProvider? provider = null) => new(Guid.Parse(s));

    /// <summary>Reads the form that <see cref="ToString"/> writes, without an exception when it is something else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out MailId result)
    {
        var parsed = Guid.TryParse(s, out var value);
        result = new MailId(value);
        return parsed;
    }

    /// <summary>Returns the UUID in lower case with hyphens.</summary>
    public override string ToString() => Value.ToString("D");
}
