using System.Globalization;

namespace TransactionalMail.Testing;

/// <summary>One line of a <see cref="SmtpTranscript"/>.</summary>
/// <param name="ConnectionId">The number of the connection, counted from 1.</param>
/// <param name="Speaker">Who said it.</param>
/// <param name="Text">The line without CRLF; credentials are masked as <c>***</c>.</param>
public sealed record SmtpTranscriptLine(int ConnectionId, SmtpSpeaker Speaker, string Text)
{
    /// <summary>Returns the line as <c>3 C: NOOP</c>: connection, speaker (C, S or E), text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ConnectionId} {Speaker.ToString()[0]}: {Text}");
}
