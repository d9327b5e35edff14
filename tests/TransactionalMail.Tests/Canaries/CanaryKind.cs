namespace TransactionalMail.Tests.Canaries;

internal enum CanaryKind
{
    /// <summary>Credentials and keys, and what a mail says, for that may be a one-time code or a link to sign in by: nowhere, at no level.</summary>
    Secret,

    /// <summary>Who gets a mail and what it is about: in logs below Information only.</summary>
    Personal,
}
