namespace TransactionalMail.Transports.Smtp;

/// <summary>The application's source of access tokens failed; for <see cref="SmtpFailures"/> only.</summary>
internal sealed class SmtpTokenException(Exception cause) : Exception(cause.Message, cause);
