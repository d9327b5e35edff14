using Fluid.Parser;

namespace TransactionalMail.Templates.Syntax;

/// <summary>A template file while it is parsed.</summary>
internal sealed class LiquidSource(string file, string text) : FluidParseContext(text)
{
    private int _knownOffset;
    private int _knownLine = 1;

    public string Text { get; } = text;

    public int SkipWhiteSpace(int offset)
    {
        while (offset < Text.Length && char.IsWhiteSpace(Text[offset])) offset++;
        return offset;
    }

    /// <summary>Counts lines from the last place asked for: parsing goes forward, with few steps back.</summary>
    public TemplateLocation LocationOf(int offset)
    {
        offset = Math.Min(offset, Text.Length);
        _knownLine += offset >= _knownOffset
            ? Text.AsSpan(_knownOffset..offset).Count('\n')
            : -Text.AsSpan(offset.._knownOffset).Count('\n');
        _knownOffset = offset;
        return new TemplateLocation(file, _knownLine);
    }
}
