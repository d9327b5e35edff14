using System.Security;

namespace TransactionalMail.Mime;

/// <summary>One configured key as it stands now: the names in the form DNS has them, and the PEM text, or what is wrong.</summary>
internal sealed class DkimKeySource
{
    private DkimKeySource(int index, DkimOptions options)
    {
        Domain = DkimName.Domain(options.Domain);
        Selector = DkimName.Selector(options.Selector);
        RecordName = $"{Selector}._domainkey.{Domain}";
        Label = Domain is null || Selector is null ? $"Dkim[{index}]" : $"Dkim[{index}] ({RecordName})";
    }

    /// <summary>Gets what faults call this key; it never repeats a name that is not a valid one.</summary>
    public string Label { get; }

    public string? Domain { get; }

    public string? Selector { get; }

    /// <summary>Gets where DNS publishes the key, if both names are valid.</summary>
    public string RecordName { get; }

    public string? Pem { get; private set; }

    /// <summary>Gets why there is no <see cref="Pem"/>.</summary>
    public string? Problem { get; private set; }

    public static DkimKeySource Read(int index, DkimOptions options)
    {
        var source = new DkimKeySource(index, options);
        (source.Pem, source.Problem) = ReadPem(options);
        return source;
    }

    private static (string? Pem, string? Problem) ReadPem(DkimOptions options)
    {
        var hasKey = !string.IsNullOrWhiteSpace(options.PrivateKey);
        var hasPath = !string.IsNullOrWhiteSpace(options.PrivateKeyPath);
        if (hasKey && hasPath) return (null, "PrivateKey and PrivateKeyPath are both set. Keep one of them.");
        if (hasKey) return (options.PrivateKey, null);
        if (!hasPath) return (null, "There is no private key. Set PrivateKeyPath or PrivateKey.");
        try
        {
            return (File.ReadAllText(Path.Combine(AppContext.BaseDirectory, options.PrivateKeyPath!)), null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, $"The file at PrivateKeyPath{Show(options)} does not exist. Check the path as this process sees it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException or ArgumentException or NotSupportedException)
        {
            return (null, $"The file at PrivateKeyPath{Show(options)} cannot be read ({e.GetType().Name}). Check that it is a file and that this process may read it.");
        }
    }

    // A key put there by mistake must not end up in the log; PEM and base64 have no dots.
    private static string Show(DkimOptions options) =>
        options.PrivateKeyPath!.Contains('.', StringComparison.Ordinal) && !options.PrivateKeyPath.Any(char.IsControl) ? $" ({options.PrivateKeyPath})" : "";
}
