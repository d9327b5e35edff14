using Microsoft.Extensions.FileProviders;

namespace TransactionalMail.Templates;

/// <summary>Keeps links inside the folder they are in: file providers follow them wherever they lead.</summary>
internal static class FileRoot
{
    private const int MaxLinks = 40;

    /// <summary>Whether a file on disk, all links followed, lies outside the root it was asked from.</summary>
    public static bool IsLeft(IFileInfo info, string file)
    {
        if (info.PhysicalPath is not { } path) return false;

        var relative = file.Replace('/', Path.DirectorySeparatorChar);
        if (!path.EndsWith(Path.DirectorySeparatorChar + relative, StringComparison.Ordinal)) return false;

        var root = Resolve(path[..^relative.Length].TrimEnd(Path.DirectorySeparatorChar));
        return !Resolve(path).StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    private static string Resolve(string path)
    {
        for (var links = 0; links < MaxLinks; links++)
        {
            if (FirstLink(Path.GetFullPath(path)) is not { } link) return Path.GetFullPath(path);
            var target = Path.Combine(Path.GetDirectoryName(link.FullName)!, link.LinkTarget!);
            path = Path.GetFullPath(target) + Path.GetFullPath(path)[link.FullName.Length..];
        }

        throw new IOException("A template's path has too many links.");
    }

    private static FileInfo? FirstLink(string path)
    {
        var separator = path.IndexOf(Path.DirectorySeparatorChar, StringComparison.Ordinal);
        while (separator >= 0)
        {
            separator = path.IndexOf(Path.DirectorySeparatorChar, separator + 1);
            var info = new FileInfo(separator < 0 ? path : path[..separator]);
            if (info.LinkTarget is not null) return info;
        }

        return null;
    }
}
