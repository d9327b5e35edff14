namespace TransactionalMail.Templates.Output;

/// <summary>Follows the markup of a template closely enough to know where in the document it stands (HTML Living Standard §13.2.5).</summary>
/// <remarks>
/// It reads the author's text only: encoded data never moves it. What conditional comments hold counts as markup, for Outlook renders it.
/// </remarks>
internal sealed class HtmlScanner
{
    private readonly HtmlName _tag = new();
    private readonly HtmlName _attribute = new();
    private State _state = State.Text;
    private bool _isEndTag;
    private bool _isJson;
    private string _rawElement = "";
    private int _matched;
    private int _dashes;

    private enum State
    {
        Text,
        TagOpen,
        EndTagOpen,
        TagName,
        BeforeAttribute,
        AttributeName,
        AfterAttributeName,
        BeforeValue,
        DoubleQuoted,
        SingleQuoted,
        Unquoted,
        Declaration,
        DeclarationDash,
        CommentStart,
        Comment,
        Conditional,
        Bogus,
        RawText,
    }

    public HtmlContext Context => _state switch
    {
        State.Text => HtmlContext.Text,
        State.DoubleQuoted or State.SingleQuoted when _tag.Value is "script" && _attribute.Value is "src" => HtmlContext.Refused,
        State.DoubleQuoted or State.SingleQuoted => HtmlAttributes.ContextOf(_attribute.Value),
        State.RawText => _rawElement switch
        {
            "style" => HtmlContext.StyleElement,
            "script" when _isJson => HtmlContext.Json,
            _ => HtmlContext.Refused,
        },
        _ => HtmlContext.Refused,
    };

    /// <summary>Why a value is refused here.</summary>
    public string Refusal => _state switch
    {
        State.BeforeValue or State.Unquoted => $"a value stands in the unquoted attribute `{_attribute.Value}`. Put the attribute in quotes.",
        State.DoubleQuoted or State.SingleQuoted => $"a value stands in the attribute `{_attribute.Value}`, where it could run as script. Mail programs ignore it; remove it.",
        State.RawText => $"a value stands in a `{_rawElement}` element, where it could run as script. Mail programs ignore it; remove it.",
        State.Comment or State.CommentStart or State.Conditional or State.Declaration or State.DeclarationDash or State.Bogus =>
            "a value stands in an HTML comment or declaration. Use {% comment %}, or write it between tags.",
        _ => "a value stands in the name of a tag or attribute, or directly after `<`. Write names out, or choose between them with {% if %}.",
    };

    /// <summary>The attribute whose value just ended, if it holds a URL.</summary>
    public string? EndedUrl => HtmlAttributes.ContextOf(_attribute.Value) is HtmlContext.Url ? _attribute.Value.ToString() : null;

    public bool WantsValue => _attribute.Value is "type" && _tag.Value is "script";

    public void TakeValue(string value) => _isJson = value.Trim().ToLowerInvariant() is "application/ld+json" or "application/json";

    /// <summary>Reads on from a position to the next event, or to the end of the text.</summary>
    /// <returns>The position after what was read.</returns>
    public int Read(string text, int position, out HtmlEvent found)
    {
        found = HtmlEvent.None;
        while (position < text.Length)
        {
            if (_state is State.Text)
            {
                var open = text.AsSpan(position).IndexOf('<');
                if (open < 0) return text.Length;
                position += open + 1;
                _state = State.TagOpen;
                continue;
            }

            if (_state is State.DoubleQuoted or State.SingleQuoted)
            {
                var quote = text.AsSpan(position).IndexOf(_state is State.DoubleQuoted ? '"' : '\'');
                if (quote < 0) return text.Length;
                _state = State.BeforeAttribute;
                found = HtmlEvent.ValueEnd;
                return position + quote + 1;
            }

            found = Step(text[position], out var consumed);
            if (consumed) position++;
            if (found is not HtmlEvent.None) return position;
        }

        return position;
    }

    private HtmlEvent Step(char c, out bool consumed)
    {
        consumed = true;
        switch (_state)
        {
            case State.TagOpen or State.EndTagOpen:
                consumed = OpenTag(c);
                return HtmlEvent.None;
            case State.TagName or State.BeforeAttribute or State.AttributeName or State.AfterAttributeName or State.BeforeValue or State.Unquoted:
                return c is '>' ? EndTag() : ReadTag(c);
            case State.RawText:
                ReadRawText(c);
                return HtmlEvent.None;
            default:
                ReadDeclaration(c);
                return HtmlEvent.None;
        }
    }

    /// <returns>Whether the character belongs to a tag; otherwise <c>&lt;</c> was just text.</returns>
    private bool OpenTag(char c)
    {
        if (char.IsAsciiLetter(c))
        {
            _isEndTag = _state is State.EndTagOpen;
            _isJson = false;
            _tag.Start(c);
            _attribute.Clear();
            _state = State.TagName;
            return true;
        }

        _state = (_state, c) switch
        {
            (State.EndTagOpen, '>') => State.Text,
            (State.EndTagOpen, _) => State.Bogus,
            (_, '/') => State.EndTagOpen,
            (_, '!') => State.Declaration,
            (_, '?') => State.Bogus,
            _ => State.Text,
        };
        return _state is not State.Text || c is '>';
    }

    private HtmlEvent ReadTag(char c)
    {
        switch (_state)
        {
            case State.TagName when IsSpace(c) || c is '/':
            case State.AttributeName or State.AfterAttributeName when c is '/':
            case State.Unquoted when IsSpace(c):
                _state = State.BeforeAttribute;
                break;
            case State.TagName:
                _tag.Add(c);
                break;
            case State.BeforeAttribute when IsSpace(c) || c is '/':
            case State.AfterAttributeName or State.BeforeValue when IsSpace(c):
            case State.Unquoted:
                break;
            case State.AttributeName or State.AfterAttributeName when c is '=':
                _state = State.BeforeValue;
                break;
            case State.AttributeName when IsSpace(c):
                _state = State.AfterAttributeName;
                break;
            case State.AttributeName:
                _attribute.Add(c);
                break;
            case State.BeforeValue when c is '"' or '\'':
                _state = c is '"' ? State.DoubleQuoted : State.SingleQuoted;
                return HtmlEvent.ValueStart;
            case State.BeforeValue:
                _state = State.Unquoted;
                break;
            default:
                _attribute.Start(c);
                _state = State.AttributeName;
                break;
        }

        return HtmlEvent.None;
    }

    private void ReadDeclaration(char c)
    {
        switch (_state)
        {
            case State.Declaration or State.DeclarationDash when c is '-':
                _state = _state is State.Declaration ? State.DeclarationDash : State.CommentStart;
                _dashes = 2;
                break;
            case State.CommentStart when c is '[':
                _state = State.Conditional;
                break;
            case State.CommentStart or State.Comment:
                _state = c is '>' && _dashes >= 2 ? State.Text : State.Comment;
                _dashes = c is '-' ? _dashes + 1 : c is '!' && _dashes >= 2 ? _dashes : 0;
                break;
            default:
                _state = c is '>' ? State.Text : _state is State.Conditional ? State.Conditional : State.Bogus;
                break;
        }
    }

    private HtmlEvent EndTag()
    {
        _state = State.Text;
        if (_isEndTag || !HtmlAttributes.IsRawText(_tag.Value)) return HtmlEvent.None;

        _rawElement = _tag.Value.ToString();
        _matched = 0;
        _state = State.RawText;
        return HtmlEvent.ValueStart;
    }

    /// <summary>Looks for the end tag, the only thing that has a meaning in these elements.</summary>
    private void ReadRawText(char c)
    {
        var endTag = _rawElement.Length + 2;
        if (_matched == endTag)
        {
            if (c is '>') _state = State.Text;
            else if (IsSpace(c) || c is '/') _state = State.BeforeAttribute;
            else _matched = 0;

            _isEndTag = true;
            if (_state is not State.RawText) return;
        }

        var expected = _matched switch { 0 => '<', 1 => '/', _ => _rawElement[_matched - 2] };
        if (char.ToLowerInvariant(c) == expected) _matched++;
        else _matched = c is '<' ? 1 : 0;
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f';
}
