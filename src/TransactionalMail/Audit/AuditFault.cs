namespace TransactionalMail.Audit;

/// <summary>A place where the audit is not what it was.</summary>
/// <param name="Number">The number of the record.</param>
/// <param name="Problem">What is wrong, as a sentence without personal data.</param>
public sealed record AuditFault(long Number, string Problem);
