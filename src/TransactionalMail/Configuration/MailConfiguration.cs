using Microsoft.Extensions.Configuration;

namespace TransactionalMail.Configuration;

/// <summary>A configuration section given to <c>AddTransactionalMail</c>.</summary>
internal sealed record MailConfiguration(IConfiguration Section);
