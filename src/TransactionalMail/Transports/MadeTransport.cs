using TransactionalMail.Webhooks;

namespace TransactionalMail.Transports;

/// <summary>A transport, and what reads its provider's reports, made of the same settings.</summary>
internal sealed record MadeTransport(IMailTransport Transport, IMailWebhook? Webhook = null);
