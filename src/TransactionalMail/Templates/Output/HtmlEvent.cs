namespace TransactionalMail.Templates.Output;

/// <summary>What the scanner came across.</summary>
internal enum HtmlEvent
{
    None,

    /// <summary>The next character is the first of an attribute's value or of a <c>style</c> element.</summary>
    ValueStart,

    /// <summary>The character just read ended a quoted value.</summary>
    ValueEnd,
}
