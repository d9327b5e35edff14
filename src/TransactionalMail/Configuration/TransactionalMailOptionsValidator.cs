using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TransactionalMail.Delivery;
using TransactionalMail.Mime;
using TransactionalMail.Templates;
using TransactionalMail.Transports;

namespace TransactionalMail.Configuration;

/// <summary>Finds every fault of the configuration at once, at start-up or when a mailer is first resolved.</summary>
internal sealed class TransactionalMailOptionsValidator(TransportRegistry transports, IEnumerable<MailConfiguration> configurations, IServiceProvider services)
    : IValidateOptions<TransactionalMailOptions>
{
    public ValidateOptionsResult Validate(string? name, TransactionalMailOptions options)
    {
        List<string> faults =
        [
            .. configurations.SelectMany(static c => UnreadKeys.Of(c.Section)),
            .. transports.Faults,
            .. Author("From", options.From),
            .. options.Streams.SelectMany(s => Stream(s.Key, s.Value)),
            .. DefaultStream(options),
            .. DkimFaults.Of(options.Dkim),
            .. TemplateFolder.FaultsOf(options.Templates, services.GetService<IHostEnvironment>()),
        ];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Author(string setting, string? from)
    {
        if (from is null || EmailAddress.TryParse(from, null, out _)) yield break;
        yield return $"{setting} is not an e-mail address such as \"Acme <no-reply@acme.example>\".";
    }

    private IEnumerable<string> Stream(string name, MailStreamOptions stream)
    {
        foreach (var fault in Author($"Streams:{name}:From", stream.From)) yield return fault;
        foreach (var transport in stream.Transports.Where(t => transports.Find(t) is null && !transports.FaultyNames.Contains(t)))
        {
            yield return $"Streams:{name} names the unknown transport \"{transport}\". {Known()}";
        }
    }

    private IEnumerable<string> DefaultStream(TransactionalMailOptions options)
    {
        if (transports.Transports.Count == 0 && transports.FaultyNames.Count == 0)
        {
            yield return "There is no transport. Add one in code, as in AddSmtp(smtp => smtp.Host = \"…\"), or under TransactionalMail:Transports.";
        }
        else if (!transports.HasConfiguredOrder && (!options.Streams.ContainsKey(MailStreams.Default) || options.Streams.Values.Any(static s => s.Transports.Count == 0)))
        {
            yield return $"Several transports come from configuration, which keeps no order. Name them in order under Streams:{MailStreams.Default}:Transports, and so for every stream. {Known()}";
        }
    }

    private string Known() =>
        transports.Transports.Count == 0 ? "There are none." : $"The transports are {string.Join(", ", transports.Transports.Select(static t => $"\"{t.Name}\""))}.";
}
