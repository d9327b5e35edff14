using TransactionalMail.Transports;

namespace TransactionalMail.Delivery;

/// <summary>A class of traffic as configured: its author and its transports in failover order.</summary>
internal sealed record MailStream(string Name, EmailAddress? From, IReadOnlyList<NamedTransport> Transports);
