namespace TransactionalMail.Bounces;

/// <summary>What a report says of one recipient.</summary>
/// <param name="Address">The recipient, where the report names one.</param>
/// <param name="Action">What was done.</param>
/// <param name="Reply">The server's answer.</param>
/// <param name="Words">What the report says about it, most to the point first.</param>
/// <param name="Stage">What the server answered to.</param>
/// <param name="AttemptedAt">When the last attempt was.</param>
internal sealed record ReportedRecipient(EmailAddress? Address, ReportedAction Action, ServerReply Reply, IReadOnlyList<string> Words, SmtpStage Stage, DateTimeOffset? AttemptedAt = null);
