namespace TransactionalMail.Testing.Smtp;

/// <summary>The server's own replies (RFC 5321 §4.2.3, RFC 3463, RFC 4954 §6).</summary>
internal static class SmtpReplies
{
    public static readonly SmtpReply Ok = SmtpReply.BuiltIn("250 2.0.0 Ok");
    public static readonly SmtpReply SenderOk = SmtpReply.BuiltIn("250 2.1.0 Sender ok");
    public static readonly SmtpReply RecipientOk = SmtpReply.BuiltIn("250 2.1.5 Recipient ok");
    public static readonly SmtpReply MessageAccepted = SmtpReply.BuiltIn("250 2.0.0 Message accepted");
    public static readonly SmtpReply StartContent = SmtpReply.BuiltIn("354 End data with <CR><LF>.<CR><LF>");
    public static readonly SmtpReply ReadyForTls = SmtpReply.BuiltIn("220 2.0.0 Ready to start TLS");
    public static readonly SmtpReply Authenticated = SmtpReply.BuiltIn("235 2.7.0 Authentication succeeded");
    public static readonly SmtpReply CannotVerify = SmtpReply.BuiltIn("252 2.1.5 Cannot verify, but will try");
    public static readonly SmtpReply Goodbye = SmtpReply.BuiltIn("221 2.0.0 Goodbye");

    public static readonly SmtpReply LineTooLong = SmtpReply.BuiltIn("500 5.5.6 Line too long");
    public static readonly SmtpReply BareLineEnding = SmtpReply.BuiltIn("500 5.5.2 Only CRLF ends a line");
    public static readonly SmtpReply UnknownCommand = SmtpReply.BuiltIn("500 5.5.2 Command not recognized");
    public static readonly SmtpReply NotImplemented = SmtpReply.BuiltIn("502 5.5.1 Command not implemented");
    public static readonly SmtpReply BadArgument = SmtpReply.BuiltIn("501 5.5.4 Syntax error in the argument");
    public static readonly SmtpReply BadSequence = SmtpReply.BuiltIn("503 5.5.1 Bad sequence of commands");
    public static readonly SmtpReply NoRecipients = SmtpReply.BuiltIn("554 5.5.1 No valid recipients");
    public static readonly SmtpReply UnknownParameter = SmtpReply.BuiltIn("555 5.5.4 Parameter not recognized or not offered");
    public static readonly SmtpReply NeedsUtf8 = SmtpReply.BuiltIn("553 5.6.7 A non-ASCII address needs SMTPUTF8");
    public static readonly SmtpReply TooLarge = SmtpReply.BuiltIn("552 5.3.4 Message larger than the limit");
    public static readonly SmtpReply ContentLineTooLong = SmtpReply.BuiltIn("554 5.6.0 Content has a line longer than the limit");

    public static readonly SmtpReply TlsRequired = SmtpReply.BuiltIn("530 5.7.0 Must issue a STARTTLS command first");
    public static readonly SmtpReply AuthenticationRequired = SmtpReply.BuiltIn("530 5.7.0 Authentication required");
    public static readonly SmtpReply AuthenticationFailed = SmtpReply.BuiltIn("535 5.7.8 Authentication credentials invalid");
    public static readonly SmtpReply UnknownMechanism = SmtpReply.BuiltIn("504 5.5.4 Mechanism not offered");
    public static readonly SmtpReply AuthenticationCancelled = SmtpReply.BuiltIn("501 5.7.0 Authentication cancelled");
    public static readonly SmtpReply BadBase64 = SmtpReply.BuiltIn("501 5.5.2 Cannot decode the response");
}
