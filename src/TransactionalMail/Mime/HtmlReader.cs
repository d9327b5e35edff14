using MimeKit.Text;

namespace TransactionalMail.Mime;

/// <summary>Splits HTML into text and tags as browsers do (HTML Living Standard §13.2.5), in one pass and without copying.</summary>
/// <remarks>Comments, declarations and a tag that the end of the text cuts off are left out.</remarks>
internal ref struct HtmlReader(ReadOnlySpan<char> html)
{
    private HtmlEntityDecoder? _decoder;
    private ReadOnlySpan<char> _rest = html;
    private ReadOnlySpan<char> _rawElement;

    /// <summary>Gets whether <see cref="Tag"/> was read; otherwise it was <see cref="Text"/>.</summary>
    public bool IsTag { get; private set; }

    public HtmlTag Tag { get; private set; }

    /// <summary>Gets text with its character references decoded; a longer one comes in pieces.</summary>
    public ReadOnlySpan<char> Text { get; private set; }

    public bool Read()
    {
        while (!_rest.IsEmpty)
        {
            if (!_rawElement.IsEmpty ? TryReadRawText() : TryReadText() || TryReadMarkup()) return true;
        }

        return false;
    }

    private bool TryReadText()
    {
        var length = _rest.IndexOfAny('<', '&');
        if (length == 0)
        {
            if (_rest[0] == '<') return false;
            return Found(CharacterReference.Decode(ref _decoder, _rest, out length), length);
        }

        if (length < 0) length = _rest.Length;
        return Found(_rest[..length], length);
    }

    private bool TryReadRawText()
    {
        var length = _rawElement.Equals("plaintext", StringComparison.OrdinalIgnoreCase) ? _rest.Length : FindEndTag(_rest, _rawElement);
        _rawElement = default;
        return length > 0 && Found(_rest[..length], length);
    }

    private bool TryReadMarkup()
    {
        var second = _rest.Length > 1 ? _rest[1] : '\0';
        if (char.IsAsciiLetter(second)) return TryReadTag(nameStart: 1);
        if (second == '/' && _rest.Length > 2) return char.IsAsciiLetter(_rest[2]) ? TryReadTag(nameStart: 2) : SkipComment();
        return second is '!' or '?' ? SkipComment() : Found(_rest[..1], 1);
    }

    private bool TryReadTag(int nameStart)
    {
        var tag = _rest[nameStart..];
        _rest = default;
        var nameLength = tag.IndexOfAny(HtmlAttributeReader.NameEnds);
        if (nameLength < 0) return false;

        var attributes = new HtmlAttributeReader(tag[nameLength..]);
        attributes.ReadToEnd();
        if (!attributes.IsClosed) return false;

        var length = nameLength + attributes.Position;
        Tag = new HtmlTag(tag[..nameLength], tag[nameLength..(length - 1)], isEnd: nameStart == 2, attributes.IsSelfClosed);
        IsTag = true;
        if (Tag is { HoldsRawText: true, IsEnd: false, IsSelfClosed: false }) _rawElement = Tag.Name;
        _rest = tag[length..];
        return true;
    }

    private bool SkipComment()
    {
        var length = _rest.StartsWith("<!--") ? FindCommentEnd(_rest) : _rest.IndexOf('>') + 1;
        _rest = length > 0 ? _rest[length..] : default;
        return false;
    }

    private bool Found(ReadOnlySpan<char> text, int length)
    {
        IsTag = false;
        Text = text;
        _rest = _rest[length..];
        return true;
    }

    /// <summary>Returns where a comment ends, 0 where it does not.</summary>
    private static int FindCommentEnd(ReadOnlySpan<char> html)
    {
        if (html.StartsWith("<!-->")) return 5;
        if (html.StartsWith("<!--->")) return 6;
        for (var at = 4; html[at..].IndexOf("--") is var next and >= 0; at += next + 1)
        {
            var end = html[(at + next + 2)..];
            if (end.StartsWith('>')) return at + next + 3;
            if (end.StartsWith("!>")) return at + next + 4;
        }

        return 0;
    }

    /// <summary>Returns where an element's end tag begins, or where the text ends.</summary>
    private static int FindEndTag(ReadOnlySpan<char> html, ReadOnlySpan<char> name)
    {
        for (var at = 0; html[at..].IndexOf("</") is var next and >= 0; at += next + 2)
        {
            var tag = html[(at + next + 2)..];
            if (tag.StartsWith(name, StringComparison.OrdinalIgnoreCase)
                && (tag.Length == name.Length || HtmlAttributeReader.NameEnds.Contains(tag[name.Length]))) return at + next;
        }

        return html.Length;
    }
}
