namespace TransactionalMail.Transports;

/// <summary>What a provider is given when it makes a transport.</summary>
/// <param name="Name">The transport's name, for receipts and errors.</param>
/// <param name="Services">The application's services, for loggers, clocks and HTTP clients.</param>
public sealed record MailTransportContext(string Name, IServiceProvider Services);
