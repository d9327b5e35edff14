using System.Buffers;
using System.Text;
using TransactionalMail.Templates;

namespace TransactionalMail.Mime;

/// <summary>Text under construction: collapses white space, keeps blank lines single, and indents lists and quotations.</summary>
/// <remarks>Breaks and spaces wait until text follows, so none is ever left at the end of a line or of the whole.</remarks>
internal sealed class TextFlow(RenderBudget budget)
{
    // Deeper levels are not indented further: text must stay readable, and its size in proportion to the input's.
    private const int MaxIndent = 40;
    private const int TabWidth = 4;
    private const int CharactersPerStep = 1024;

    // Looking further ahead, again after every gap, would not be linear.
    private const int MaxPiece = 256;

    // The generic search for a range boxes its bounds until it is compiled for good.
    private static readonly SearchValues<char> s_printable = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)]);

    private readonly StringBuilder _text = new();
    private readonly List<Indent> _indents = [];
    private int _indentWidth;
    private int _lastingIndents;
    private int _lineEnd;
    private int _lineStart;
    private int _breaks;
    private int _spaces;
    private char _joiner;
    private bool _afterTarget;

    /// <summary>Gets a mark for <see cref="HasTextSince"/> and <see cref="LineSince"/>.</summary>
    public int Position => _text.Length;

    private bool IsAtLineStart => _breaks > 0 || _text.Length == 0;

    public void BreakLine() => Break(Math.Max(_breaks, 1));

    public void BreakParagraph() => Break(2);

    /// <summary>Ends the line, or leaves a blank one where a line has just ended: what <c>&lt;br&gt;</c> does.</summary>
    public void NewLine() => Break(_breaks == 0 ? 1 : 2);

    public bool HasTextSince(int position) => _text.Length > position;

    /// <summary>Returns the text since a position, or <see langword="null"/> where it is more than one line.</summary>
    public string? LineSince(int position)
    {
        if (position < _lineEnd) return null;
        var start = Math.Max(position, _lineStart);
        return _text.ToString(start, _text.Length - start).Trim();
    }

    /// <summary>Prefixes the following lines: the first with a marker, the others with its continuation.</summary>
    /// <returns>Whether there was room; only then is <see cref="EndIndent"/> due.</returns>
    public bool BeginIndent(string marker, string continuation)
    {
        if (_indentWidth + marker.Length > MaxIndent) return false;
        _indentWidth += marker.Length;
        _indents.Add(new(marker, continuation));
        return true;
    }

    public void EndIndent()
    {
        _indentWidth -= _indents[^1].Continuation.Length;
        _indents.RemoveAt(_indents.Count - 1);
        _lastingIndents = Math.Min(_lastingIndents, _indents.Count);
    }

    /// <summary>Writes the target of a link that has no text.</summary>
    public void AppendBareTarget(string target)
    {
        Append(target, TextSpacing.Collapse);
        _afterTarget = true;
    }

    /// <summary>Adds a link's target right after its text, whatever breaks are waiting.</summary>
    public void AppendTarget(string target)
    {
        _text.Append(" (").Append(target).Append(')');
        _afterTarget = true;
    }

    /// <summary>Puts the target in place of the link's text, which ends the flow.</summary>
    public void ReplaceWithTarget(string text, string target)
    {
        _text.Length -= text.Length;
        _text.Append(target);
        _afterTarget = true;
    }

    public void Append(ReadOnlySpan<char> text, TextSpacing spacing)
    {
        budget.Step(text.Length / CharactersPerStep);
        while (!text.IsEmpty)
        {
            var length = PlainLength(text);
            if (length == 0) length = AppendSpecial(text, spacing);
            else AppendVisible(text[..length]);
            text = text[length..];
        }
    }

    /// <summary>Writes spaces that nothing collapses.</summary>
    public void Pad(int count) => _spaces += count;

    /// <summary>Ends the last line, if there is one.</summary>
    public void EndText()
    {
        if (_text.Length > 0) _text.Append('\n');
    }

    /// <summary>Returns the text and starts anew.</summary>
    public string Take()
    {
        var text = _text.ToString();
        _text.Clear();
        _lastingIndents = _lineEnd = _lineStart = 0;
        Break(0);
        return text;
    }

    private void Break(int breaks)
    {
        _breaks = breaks;
        _spaces = 0;
        _joiner = '\0';
        _afterTarget = false;
    }

    private void AppendVisible(ReadOnlySpan<char> text)
    {
        if (IsAtLineStart) StartLine();
        // Links set apart by style alone would otherwise run into each other.
        else if (_afterTarget && _spaces == 0 && char.IsLetterOrDigit(text[0])) _spaces = 1;

        if (_spaces > 0) _text.Append(' ', _spaces);
        if (_joiner != '\0') _text.Append(_joiner);
        _text.Append(text);
        budget.CheckOutput(_text.Length);
        _spaces = 0;
        _joiner = '\0';
        _afterTarget = false;
    }

    private void StartLine()
    {
        _lineEnd = _text.Length;
        if (_text.Length > 0)
        {
            _text.Append('\n');
            if (_breaks > 1) AppendBlankLine();
        }

        for (var i = 0; i < _indents.Count; i++)
        {
            var indent = _indents[i];
            _text.Append(indent.IsStarted ? indent.Continuation : indent.Marker);
            _indents[i] = indent with { IsStarted = true };
        }

        _lastingIndents = _indents.Count;
        _lineStart = _text.Length;
        _breaks = 0;
    }

    /// <summary>A blank line within a quotation carries its mark; one before or after it does not.</summary>
    private void AppendBlankLine()
    {
        for (var i = 0; i < _lastingIndents; i++) _text.Append(_indents[i].Continuation);
        while (_text[^1] == ' ') _text.Length--;
        _text.Append('\n');
    }

    /// <summary>How much can be written as it is, with the single spaces between words.</summary>
    private static int PlainLength(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxPiece) text = text[..MaxPiece];
        if (text[0] == ' ') return 0;

        var length = text.IndexOfAnyExcept(s_printable);
        if (length != 0)
        {
            var ascii = length < 0 ? text : text[..length];
            var gap = ascii.IndexOf("  ");
            return gap >= 0 ? gap : ascii.TrimEnd(' ').Length;
        }

        while (length < text.Length && IsPlain(text[length])) length++;
        return length;
    }

    private static bool IsPlain(char c) => c < 0x7F
        ? c > ' '
        : c > '\u00A0' && !IsIgnorable(c) && !IsJoiner(c) && !char.IsSurrogate(c) && !char.IsWhiteSpace(c);

    private int AppendSpecial(ReadOnlySpan<char> text, TextSpacing spacing)
    {
        var c = text[0];

        if (char.IsWhiteSpace(c))
        {
            var isCrLf = c == '\r' && text.Length > 1 && text[1] == '\n';
            AppendSpace(c, spacing);
            return isCrLf ? 2 : 1;
        }

        if (char.IsSurrogate(c))
        {
            var isPair = text.Length > 1 && char.IsSurrogatePair(c, text[1]);
            AppendVisible(isPair ? text[..2] : "\uFFFD");
            return isPair ? 2 : 1;
        }

        // Joiners matter between letters (Persian, emoji); beside a space they only pad preview lines.
        if (IsJoiner(c) && _spaces == 0 && !IsAtLineStart) _joiner = c;
        return 1;
    }

    private void AppendSpace(char c, TextSpacing spacing)
    {
        if (spacing != TextSpacing.Collapse && (c is '\n' or '\r'))
        {
            NewLine();
            return;
        }

        _joiner = '\0';
        if (spacing == TextSpacing.Keep) _spaces += c == '\t' ? TabWidth : 1;
        else if (!IsAtLineStart) _spaces = 1;
    }

    private static bool IsJoiner(char c) => c is '\u200C' or '\u200D';

    private static bool IsIgnorable(char c) => c is '\u00AD' or '\u034F' or '\u180E' or '\u200B' or '\u2060' or '\uFEFF';

    private readonly record struct Indent(string Marker, string Continuation, bool IsStarted = false);
}
