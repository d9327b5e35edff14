namespace TransactionalMail.Messages;

/// <summary>A valid address taken apart, as written and as SMTP carries it.</summary>
/// <param name="LocalPart">The local part as written.</param>
/// <param name="Domain">The domain or address literal as written.</param>
/// <param name="AsciiDomain">The domain in lower-case A-labels, or the address literal in its canonical spelling.</param>
/// <param name="SmtpAddress">The local part, quoted only where the grammar needs it, and <paramref name="AsciiDomain"/>.</param>
internal readonly record struct AddressParts(string LocalPart, string Domain, string AsciiDomain, string SmtpAddress);
