namespace TransactionalMail.Tests.Canaries;

internal enum CanaryKind
{
    /// <summary>Credentials and keys: nowhere, at no level.</summary>
    Secret,

    /// <summary>Who gets a mail and what stands in it: in logs below Information only.</summary>
    Personal,
}
