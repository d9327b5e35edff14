namespace TransactionalMail.Transports.Mailgun;

/// <summary>Where Mailgun keeps a domain; the other region does not know it.</summary>
public enum MailgunRegion
{
    /// <summary>The United States.</summary>
    Us,

    /// <summary>The European Union.</summary>
    Eu,
}
