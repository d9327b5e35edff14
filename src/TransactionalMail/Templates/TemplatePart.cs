namespace TransactionalMail.Templates;

/// <summary>The parts of a mail, each from a file of its own.</summary>
internal enum TemplatePart
{
    Subject,
    Html,
    Text,
}
