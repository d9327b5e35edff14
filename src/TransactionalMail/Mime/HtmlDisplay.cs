namespace TransactionalMail.Mime;

/// <summary>How an element stands in the text around it.</summary>
internal enum HtmlDisplay
{
    /// <summary>Within a line.</summary>
    Inline,

    /// <summary>On lines of its own.</summary>
    Block,

    /// <summary>On lines of its own, with a blank line before and after.</summary>
    Paragraph,

    /// <summary>Not shown, with all it holds.</summary>
    None,
}
