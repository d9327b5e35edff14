namespace TransactionalMail;

/// <summary>Where templates are and how much a rendering may cost.</summary>
/// <remarks>
/// The limits keep a faulty or hostile template, or an unexpectedly large model, from taking the process down. The defaults leave room for
/// a table of several thousand rows. Exceeding one raises an <see cref="EmailTemplateException"/> that names it.
/// Options are read when the renderer is made.
/// </remarks>
public sealed class EmailTemplateOptions
{
    /// <summary>Gets or sets the folder that holds the templates; relative to the host's content root or, where it is not there, to the application's base directory.</summary>
    /// <value>The default is <see langword="null"/>: no folder.</value>
    /// <remarks>
    /// Changes are picked up without a restart. Where the file system does not report them (network shares, mounted Kubernetes
    /// config maps), set the environment variable <c>DOTNET_USE_POLLING_FILE_WATCHER</c> to 1.
    /// </remarks>
    public string? Folder { get; set; }

    /// <summary>Gets or sets the longest time one rendering may take.</summary>
    /// <value>The default value is 2 seconds.</value>
    /// <remarks>A backstop: the other limits end a runaway template sooner, and at the same place on every machine.</remarks>
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets how many tags, outputs, loop rounds and filter calls one rendering may execute.</summary>
    /// <value>The default value is 500,000.</value>
    public int MaxSteps { get; set; } = 500_000;

    /// <summary>Gets or sets how many characters each part, and each captured block, may have.</summary>
    /// <value>The default value is 2,000,000 characters.</value>
    public int MaxOutputLength { get; set; } = 2_000_000;

    /// <summary>Gets or sets how many characters a string made by a filter may have.</summary>
    /// <value>The default value is 250,000 characters.</value>
    public int MaxStringLength { get; set; } = 250_000;

    /// <summary>Gets or sets how many items a range or an array made by a filter may have.</summary>
    /// <value>The default value is 50,000 items.</value>
    public int MaxCollectionLength { get; set; } = 50_000;

    /// <summary>Gets or sets how deep partials may include each other, and how many layouts may wrap each other.</summary>
    /// <value>The default value is 20.</value>
    public int MaxDepth { get; set; } = 20;

    /// <summary>Gets or sets how much memory one rendering may allocate in total, in bytes.</summary>
    /// <value>The default value is 39,845,888 (38 MiB).</value>
    public long MaxAllocatedBytes { get; set; } = 38 * 1024 * 1024;
}
