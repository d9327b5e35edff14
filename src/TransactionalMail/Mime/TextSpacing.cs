namespace TransactionalMail.Mime;

/// <summary>What happens to white space, after the CSS property <c>white-space</c>.</summary>
internal enum TextSpacing
{
    /// <summary>A run of white space is one space (<c>normal</c>, <c>nowrap</c>).</summary>
    Collapse,

    /// <summary>Line breaks stay, other white space collapses (<c>pre-line</c>).</summary>
    KeepLines,

    /// <summary>Everything stays (<c>pre</c>, <c>pre-wrap</c>).</summary>
    Keep,
}
