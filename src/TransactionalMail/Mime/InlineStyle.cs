namespace TransactionalMail.Mime;

/// <summary>What a <c>style</c> attribute says that matters to plain text.</summary>
/// <remarks>
/// <c>mso-hide:all</c> hides nothing here: it hides from Outlook alone, and buttons carry it beside a drawing only Outlook shows.
/// </remarks>
internal readonly record struct InlineStyle
{
    public bool IsHidden { get; private init; }

    /// <summary>Gets whether the font size is zero; <see langword="null"/> where it depends on the parent's.</summary>
    public bool? HasNoFont { get; private init; }

    public bool IsBlock { get; private init; }

    public bool IsRightAligned { get; private init; }

    public TextSpacing? Spacing { get; private init; }

    public static InlineStyle Parse(ReadOnlySpan<char> css)
    {
        var style = default(InlineStyle);
        bool none = false, invisible = false, transparent = false, flat = false, clipped = false;

        foreach (var range in css.Split(';'))
        {
            var declaration = css[range];
            var colon = declaration.IndexOf(':');
            if (colon < 0) continue;
            var name = declaration[..colon].Trim();
            var value = WithoutImportance(declaration[(colon + 1)..]);

            if (Is(name, "display"))
            {
                none = Is(value, "none");
                style = style with { IsBlock = Is(value, "block") || Is(value, "flex") || Is(value, "grid") || Is(value, "table") };
            }
            else if (Is(name, "visibility")) invisible = Is(value, "hidden") || Is(value, "collapse");
            else if (Is(name, "opacity")) transparent = IsZero(value);
            else if (Is(name, "max-height") || Is(name, "height")) flat |= IsZero(value);
            else if (Is(name, "overflow")) clipped = Is(value, "hidden");
            else if (Is(name, "font-size") || Is(name, "font")) style = style with { HasNoFont = IsZeroFont(value) };
            else if (Is(name, "text-align")) style = style with { IsRightAligned = Is(value, "right") || Is(value, "end") };
            else if (Is(name, "white-space")) style = style with { Spacing = ParseSpacing(value) };
        }

        return style with { IsHidden = none || invisible || transparent || (flat && clipped) };
    }

    private static ReadOnlySpan<char> WithoutImportance(ReadOnlySpan<char> value)
    {
        var mark = value.IndexOf('!');
        return (mark < 0 ? value : value[..mark]).Trim();
    }

    private static bool? IsZeroFont(ReadOnlySpan<char> size)
    {
        if (IsZero(size)) return true;
        var relative = size.EndsWith("em", StringComparison.OrdinalIgnoreCase) || size.EndsWith('%') || Is(size, "inherit");
        return relative && !size.EndsWith("rem", StringComparison.OrdinalIgnoreCase) ? null : false;
    }

    /// <summary>Zero with or without a unit, first in the value: <c>0</c>, <c>0px</c>, <c>0.0em</c>, <c>0/0 a</c>.</summary>
    private static bool IsZero(ReadOnlySpan<char> value)
    {
        var digits = value.IndexOfAnyExcept("0.");
        return digits < 0 ? value.Length > 0 : digits > 0 && !char.IsAsciiDigit(value[digits]);
    }

    private static TextSpacing? ParseSpacing(ReadOnlySpan<char> value)
    {
        if (Is(value, "pre") || Is(value, "pre-wrap") || Is(value, "break-spaces")) return TextSpacing.Keep;
        if (Is(value, "pre-line")) return TextSpacing.KeepLines;
        return Is(value, "inherit") ? null : TextSpacing.Collapse;
    }

    private static bool Is(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
