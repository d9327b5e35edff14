namespace TransactionalMail.Templates;

/// <summary>A problem found while rendering; the nearest tag adds file and line and turns it into an <see cref="EmailTemplateException"/>.</summary>
internal sealed class TemplateFault(string problem) : Exception(problem);
