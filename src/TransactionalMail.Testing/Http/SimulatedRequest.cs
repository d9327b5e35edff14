using System.Text;

namespace TransactionalMail.Testing;

/// <summary>A request that reached a simulated provider. Immutable.</summary>
/// <param name="Method">The method: <c>POST</c>.</param>
/// <param name="Path">The path and query as they came, still encoded: <c>/email</c>.</param>
/// <param name="Headers">The fields; names ignore case.</param>
/// <param name="Body">The body.</param>
public sealed record SimulatedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>Gets the body as UTF-8 text.</summary>
    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>Returns method and path, never the key or the content.</summary>
    public override string ToString() => $"{Method} {Path}";
}
