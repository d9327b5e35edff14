namespace TransactionalMail.Transports;

/// <summary>The one transport that stands in for all others, in tests.</summary>
internal sealed record TransportReplacement(IMailTransport Transport);
