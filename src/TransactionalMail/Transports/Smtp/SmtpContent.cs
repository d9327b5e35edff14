using MimeKit;

namespace TransactionalMail.Transports.Smtp;

/// <summary>What goes out in every transaction of one mail.</summary>
/// <param name="Message">The mail, composed and signed.</param>
/// <param name="Size">Its size on the wire, in octets.</param>
internal sealed record SmtpContent(MimeMessage Message, long Size);
