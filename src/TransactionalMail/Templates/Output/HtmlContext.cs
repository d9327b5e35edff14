namespace TransactionalMail.Templates.Output;

/// <summary>The places of an HTML document as far as encoding is concerned.</summary>
internal enum HtmlContext
{
    /// <summary>Between tags.</summary>
    Text,

    /// <summary>A quoted attribute without special meaning.</summary>
    Attribute,

    /// <summary>A quoted attribute that holds a URL.</summary>
    Url,

    /// <summary>A quoted <c>style</c> attribute.</summary>
    Style,

    /// <summary>A <c>style</c> element.</summary>
    StyleElement,

    /// <summary>A <c>script</c> element that holds JSON-LD, which mail programs read and no browser runs.</summary>
    Json,

    /// <summary>Where no encoding makes a value safe.</summary>
    Refused,
}
