namespace TransactionalMail.Transports.Smtp;

/// <summary>The relay did not accept the login; for <see cref="SmtpFailures"/> only.</summary>
internal sealed class SmtpLoginException(string problem, int? code, string text) : Exception(problem)
{
    public string Problem { get; } = problem;

    /// <summary>Gets the reply code, or <see langword="null"/> where no login was tried.</summary>
    public int? Code { get; } = code;

    /// <summary>Gets what the relay said, without the credentials it was given.</summary>
    public string Text { get; } = text;
}
