namespace TransactionalMail.Templates.Output;

/// <summary>The name of a tag or attribute, read character by character, in lower case.</summary>
internal sealed class HtmlName
{
    private readonly char[] _name = new char[64];
    private int _length;

    public ReadOnlySpan<char> Value => _name.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Start(char c)
    {
        Clear();
        Add(c);
    }

    public void Add(char c)
    {
        if (_length < _name.Length) _name[_length++] = char.ToLowerInvariant(c);
    }
}
