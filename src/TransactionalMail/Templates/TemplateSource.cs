using Microsoft.Extensions.FileProviders;

namespace TransactionalMail.Templates;

/// <summary>Files that may hold templates.</summary>
internal sealed record TemplateSource(IFileProvider Files);
