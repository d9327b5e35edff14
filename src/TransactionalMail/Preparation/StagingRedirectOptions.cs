namespace TransactionalMail;

/// <summary>Where mail goes instead of to its recipients, and who gets it all the same.</summary>
public sealed class StagingRedirectOptions
{
    /// <summary>Gets or sets the test inbox: <c>Staging &lt;staging@acme.example&gt;</c>.</summary>
    /// <value>The default is <see langword="null"/>, which is a start-up fault.</value>
    public string? Inbox { get; set; }

    /// <summary>Gets the domains whose addresses get their mail, each exactly as written: <c>acme.example</c> says nothing about <c>dev.acme.example</c>.</summary>
    /// <value>The default is none. Internationalised domains may be written in their own script or as A-labels.</value>
    public IList<string> AllowedDomains { get; } = [];

    /// <summary>Gets the addresses that get their mail.</summary>
    /// <value>The default is none; the test inbox always does.</value>
    public IList<string> AllowedAddresses { get; } = [];

    /// <summary>Gets or sets what the subject of a redirected mail starts with: <c>[staging] </c>.</summary>
    /// <value>The default is <see langword="null"/>: the subject stays.</value>
    public string? SubjectPrefix { get; set; }
}
