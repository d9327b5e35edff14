using System.Buffers;

namespace TransactionalMail.Mime;

/// <summary>Reads a tag's attributes, from after its name to its end (HTML Living Standard §13.2.5.32 to 40), without copying.</summary>
internal ref struct HtmlAttributeReader(ReadOnlySpan<char> html)
{
    public static readonly SearchValues<char> NameEnds = SearchValues.Create(" \t\n\f\r/>");

    private static readonly SearchValues<char> s_attributeNameEnds = SearchValues.Create(" \t\n\f\r/>=");
    private static readonly SearchValues<char> s_valueEnds = SearchValues.Create(" \t\n\f\r>");

    private readonly ReadOnlySpan<char> _html = html;

    /// <summary>Gets how far it has read; at the end, past the <c>&gt;</c>.</summary>
    public int Position { get; private set; }

    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>Gets the value as written, with its character references.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    /// <summary>Gets whether the tag's end was found.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Gets whether the tag ends in <c>/&gt;</c>.</summary>
    public bool IsSelfClosed { get; private set; }

    public static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\f' or '\r';

    /// <summary>Reads the next attribute; <see langword="false"/> at the end of the tag or of the text.</summary>
    public bool Read()
    {
        IsSelfClosed = false;
        for (; Position < _html.Length && (IsSpace(_html[Position]) || _html[Position] == '/'); Position++) IsSelfClosed = _html[Position] == '/';
        if (Position == _html.Length) return false;
        if (_html[Position] == '>')
        {
            IsClosed = true;
            Position++;
            return false;
        }

        var start = Position;
        // An equals sign in front belongs to the name.
        Position++;
        Skip(s_attributeNameEnds);
        Name = _html[start..Position];
        Value = TryReadEqualsSign() ? ReadValue() : default;
        return true;
    }

    public void ReadToEnd()
    {
        while (Read())
        {
            // What the attributes are is asked later, if at all.
        }
    }

    private bool TryReadEqualsSign()
    {
        SkipSpace();
        if (Position == _html.Length || _html[Position] != '=') return false;
        Position++;
        SkipSpace();
        return true;
    }

    private ReadOnlySpan<char> ReadValue()
    {
        if (Position == _html.Length) return default;
        var start = Position;
        if (_html[start] is not ('"' or '\''))
        {
            Skip(s_valueEnds);
            return _html[start..Position];
        }

        var length = _html[(start + 1)..].IndexOf(_html[start]);
        Position = length < 0 ? _html.Length : start + length + 2;
        return length < 0 ? default : _html.Slice(start + 1, length);
    }

    private void SkipSpace()
    {
        while (Position < _html.Length && IsSpace(_html[Position])) Position++;
    }

    private void Skip(SearchValues<char> ends)
    {
        var length = _html[Position..].IndexOfAny(ends);
        Position = length < 0 ? _html.Length : Position + length;
    }
}
