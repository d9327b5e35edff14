using System.Text;

namespace TransactionalMail.Templates.Output;

/// <summary>The name of a tag or attribute, read character by character, in lower case.</summary>
internal sealed class HtmlName
{
    private const int MaxLength = 64;

    private readonly StringBuilder _name = new();
    private string? _value;

    public string Value => _value ??= _name.ToString();

    public void Clear()
    {
        _name.Clear();
        _value = null;
    }

    public void Start(char c)
    {
        Clear();
        Add(c);
    }

    public void Add(char c)
    {
        if (_name.Length < MaxLength) _name.Append(char.ToLowerInvariant(c));
        _value = null;
    }
}
