using Polly;

namespace TransactionalMail.Delivery;

/// <summary>A class of traffic as configured: its author, its transports, and how it tries again.</summary>
internal sealed record MailStream(string Name, EmailAddress? From, TransportRouter Router, InDoubtPolicy WhenInDoubt, ResiliencePipeline<DeliveryRun> Retry, MailQueueOptions Queue);
