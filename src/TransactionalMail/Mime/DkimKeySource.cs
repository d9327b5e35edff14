namespace TransactionalMail.Mime;

/// <summary>Where the PEM of a key comes from.</summary>
internal static class DkimKeySource
{
    /// <summary>Reads the PEM.</summary>
    /// <exception cref="FormatException">There is none, or it cannot be read; the message says what to do.</exception>
    public static string Read(DkimOptions options)
    {
        if (options.PrivateKey is not null && options.PrivateKeyPath is not null) throw new FormatException("is given twice. Set PrivateKey or PrivateKeyPath.");
        if (options.PrivateKey is not null) return options.PrivateKey;
        if (options.PrivateKeyPath is null) throw new FormatException("is missing. Set PrivateKey or PrivateKeyPath.");

        try
        {
            return File.ReadAllText(options.PrivateKeyPath);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new FormatException($"cannot be read from \"{options.PrivateKeyPath}\" ({unreadable.GetType().Name}). Check the path and its permissions.", unreadable);
        }
    }

    /// <summary>Returns something that changes when the PEM does.</summary>
    public static (string? Pem, string? Path, DateTime Written, long Length) Version(DkimOptions options)
    {
        if (options.PrivateKeyPath is not { } path) return (options.PrivateKey, null, default, 0);

        // Mounted secrets are links whose target is swapped; the link itself never changes.
        var file = new FileInfo(path);
        if (file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target) file = target;
        return file.Exists ? (options.PrivateKey, file.FullName, file.LastWriteTimeUtc, file.Length) : (options.PrivateKey, path, default, 0);
    }
}
