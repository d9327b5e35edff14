using System.Reflection;

namespace TransactionalMail.Tests;

/// <summary>The types of every package.</summary>
internal static class Shipped
{
    /// <summary>Gets the types; whatever the test project references lies beside it, used or not.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        .. Directory.GetFiles(AppContext.BaseDirectory, "TransactionalMail*.dll")
            .Select(static file => Path.GetFileNameWithoutExtension(file))
            .Where(static name => !name.Contains(".Tests") && !name.Contains(".Conformance") && !name.Contains(".Soak"))
            .SelectMany(static name => Assembly.Load(name).GetTypes()),
    ];
}
