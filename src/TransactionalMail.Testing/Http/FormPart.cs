namespace TransactionalMail.Testing;

/// <summary>A field or a file of a form.</summary>
/// <param name="Name">The field's name.</param>
/// <param name="FileName">The file's name, or <see langword="null"/> for a field.</param>
/// <param name="Content">The value.</param>
internal sealed record FormPart(string Name, string? FileName, ReadOnlyMemory<byte> Content);
