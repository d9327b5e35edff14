namespace TransactionalMail.Transports;

/// <summary>A configured transport under the name that streams, receipts and errors use.</summary>
internal sealed record NamedTransport(string Name, IMailTransport Transport);
