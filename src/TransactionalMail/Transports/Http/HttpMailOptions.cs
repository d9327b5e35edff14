namespace TransactionalMail.Transports.Http;

/// <summary>The settings that all transports over HTTP have.</summary>
public abstract class HttpMailOptions
{
    /// <summary>Gets or sets where the API is.</summary>
    /// <value>The default is the provider's own address.</value>
    /// <remarks>For regions and simulators. Unencrypted <c>http</c> is possible to this machine only, for a key travels along.</remarks>
    public Uri? BaseAddress { get; set; }

    /// <summary>Gets or sets how long one call may take, from connecting to the last byte of the answer.</summary>
    /// <value>The default is 60 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Returns the faults of these settings, each as a sentence that says what to do.</summary>
    public IEnumerable<string> FindFaults()
    {
        if (BaseAddress is { } address && !(address.IsAbsoluteUri && (address.Scheme is "https" || (address is { Scheme: "http", IsLoopback: true }))))
        {
            yield return "BaseAddress is not an https address. Unencrypted http is possible to this machine only.";
        }

        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromHours(1)) yield return "Timeout is not positive, or longer than an hour.";
    }
}
