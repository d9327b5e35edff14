using System.Reflection;

namespace TransactionalMail.Tests;

/// <summary>What every package ships.</summary>
internal static class Shipped
{
    /// <summary>Gets the assemblies; whatever the test project references lies beside it, used or not.</summary>
    public static IReadOnlySet<Assembly> Assemblies { get; } = Directory.GetFiles(AppContext.BaseDirectory, "TransactionalMail*.dll")
        .Select(static file => Path.GetFileNameWithoutExtension(file))
        .Where(static name => !name.Contains(".Tests") && !name.Contains(".Conformance") && !name.Contains(".Soak"))
        .Select(Assembly.Load)
        .ToHashSet();

    public static IReadOnlyList<Type> Types { get; } = [.. Assemblies.SelectMany(static assembly => assembly.GetTypes())];
}
