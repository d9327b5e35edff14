namespace TransactionalMail.Tests;

/// <summary>Corpora that live beside the repository; tests that need them skip, saying so, where they are absent.</summary>
internal static class SharedData
{
    private static readonly string? s_root = FindRoot();

    /// <summary>Gets whether they are there, for what a test can do without them.</summary>
    public static bool Exists => s_root is not null;

    public static string Path(string relativePath)
    {
        Assert.SkipWhen(s_root is null, "The shared corpora are not beside this repository.");
        return System.IO.Path.Combine(s_root!, relativePath);
    }

    private static string? FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(System.IO.Path.Combine(folder.FullName, "TransactionalMail.sln"))) continue;
            var shared = System.IO.Path.Combine(folder.FullName, "..", "shared");
            return Directory.Exists(System.IO.Path.Combine(shared, "corpora")) ? System.IO.Path.GetFullPath(shared) : null;
        }

        return null;
    }
}
