using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace TransactionalMail.Bounces;

/// <summary>Fields that stand together in a report (RFC 3464 §2.1): those of the message, or those of one recipient.</summary>
internal sealed class FieldGroup
{
    private const int MaxValue = 4_000;
    private const int MaxGroups = 1_000;
    private static readonly SearchValues<char> s_nameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    private static readonly string[] s_recipient = ["Final-Recipient", "Original-Recipient"];

    private readonly Dictionary<string, List<string>> _fields = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the first value of a field, unfolded.</summary>
    public string? this[string name] => _fields.TryGetValue(name, out var values) ? values[0] : null;

    /// <summary>Gets all values of a field that may occur more than once.</summary>
    public IReadOnlyList<string> All(string name) => _fields.TryGetValue(name, out var values) ? values : [];

    public bool IsAboutRecipient => s_recipient.Any(_fields.ContainsKey) && (_fields.ContainsKey("Action") || _fields.ContainsKey("Status") || _fields.ContainsKey("Diagnostic-Code"));

    /// <summary>Returns whether a text holds such fields, where no part of their own was made for them.</summary>
    public static bool AreIn(string text) => s_recipient.Any(name => text.Contains(name + ":", StringComparison.OrdinalIgnoreCase));

    public static IReadOnlyList<FieldGroup> Read(string text)
    {
        List<FieldGroup> groups = [];
        FieldGroup? group = null;
        string? name = null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.IsWhiteSpace()) (group, name) = (null, null);
            else if (line[0] is ' ' or '\t' && name is not null) group!.Continue(name, line.Trim());
            else if (!TryRead(line.Trim(), out name, out var value)) name = null;
            else
            {
                if (group is null || (group._fields.ContainsKey(name) && s_recipient.Contains(name, StringComparer.OrdinalIgnoreCase)))
                {
                    if (groups.Count == MaxGroups) return groups;
                    groups.Add(group = new FieldGroup());
                }

                group.Add(name, value);
            }
        }

        return groups;
    }

    private void Continue(string name, ReadOnlySpan<char> more)
    {
        var values = _fields[name];
        if (values[^1].Length < MaxValue) values[^1] = $"{values[^1]} {more}";
    }

    private void Add(string name, string value)
    {
        if (_fields.TryGetValue(name, out var values)) values.Add(value);
        else _fields.Add(name, [value]);
    }

    private static bool TryRead(ReadOnlySpan<char> line, [NotNullWhen(true)] out string? name, out string value)
    {
        (name, value) = (null, "");
        var colon = line.IndexOf(':');
        if (colon is < 1 or > 76 || line[..colon].ContainsAnyExcept(s_nameCharacters)) return false;
        name = line[..colon].ToString();
        value = line[(colon + 1)..].Trim() is { Length: > MaxValue } tooLong ? tooLong[..MaxValue].ToString() : line[(colon + 1)..].Trim().ToString();
        return true;
    }
}
