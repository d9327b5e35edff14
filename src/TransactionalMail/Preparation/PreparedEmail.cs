namespace TransactionalMail.Preparation;

/// <summary>A message that can be sent: From set, subject and bodies final, validated.</summary>
/// <param name="Message">The message, without a template.</param>
/// <param name="TemplateName">The template it was rendered from, or <see langword="null"/>.</param>
internal sealed record PreparedEmail(EmailMessage Message, string? TemplateName);
