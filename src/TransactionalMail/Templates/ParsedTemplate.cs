using Fluid.Ast;

namespace TransactionalMail.Templates;

/// <summary>A template file after parsing. Immutable, so a rendering under way keeps its version while the file changes.</summary>
internal sealed record ParsedTemplate(string File, IReadOnlyList<Statement> Statements);
