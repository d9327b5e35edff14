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
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_longestWindow = TimeSpan.FromDays(3_650);

    public ValidateOptionsResult Validate(string? name, TransactionalMailOptions options)
    {
        List<string> faults =
        [
            .. configurations.SelectMany(static c => UnreadKeys.Of(c.Section)),
            .. transports.Faults,
            .. Author("From", options.From),
            .. options.Streams.SelectMany(s => Stream(s.Key, s.Value)),
            .. DefaultStream(options),
            .. Outbox(options.Outbox),
            .. Idempotency(options.IdempotencyWindow),
            .. options.Limits.SelectMany(l => Limits(l.Key, l.Value)),
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
        foreach (var transport in stream.Transports.Concat(stream.Weights.Keys).Where(IsUnknown).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            yield return $"Streams:{name} names the unknown transport \"{transport}\". {Known()}";
        }

        foreach (var unused in stream.Weights.Keys.Where(w => stream.Transports.Count > 0 && !IsUnknown(w) && !stream.Transports.Contains(w, StringComparer.OrdinalIgnoreCase)))
        {
            yield return $"Streams:{name}:Weights names transport \"{unused}\", which the stream does not use. Add it to Transports, or remove the weight.";
        }

        foreach (var transport in transports.Transports.Where(t => stream.Transports.Count == 0 || stream.Transports.Contains(t.Name, StringComparer.OrdinalIgnoreCase)))
        {
            if ((stream.Requires & ~transport.Transport.Features) is not MailFeatures.None and var missing)
            {
                yield return $"Streams:{name}:Requires {missing}, which transport \"{transport.Name}\" cannot carry. Take it out of Transports, or out of Requires.";
            }
        }

        if (stream.Weights.Values.Any(static w => w is < 0 or > 1_000_000)) yield return $"Streams:{name}:Weights has a weight that is not from 0 to 1,000,000.";
        if (stream.Retry.MaxAttempts < 1) yield return $"Streams:{name}:Retry:MaxAttempts is {stream.Retry.MaxAttempts}. Set 1 to try once, or more.";
        if (stream.Retry.Delay < TimeSpan.Zero || stream.Retry.Delay > stream.Retry.MaxDelay) yield return $"Streams:{name}:Retry:Delay is {stream.Retry.Delay}. It is at least zero and at most MaxDelay, {stream.Retry.MaxDelay}.";
        if (stream.Queue.Workers is < 1 or > 1_000) yield return $"Streams:{name}:Queue:Workers is {stream.Queue.Workers}. Set 1 to 1,000.";
        if (stream.Queue.Delay <= TimeSpan.Zero || stream.Queue.Delay > stream.Queue.MaxDelay) yield return $"Streams:{name}:Queue:Delay is {stream.Queue.Delay}. It is more than zero and at most MaxDelay, {stream.Queue.MaxDelay}.";
        if (stream.Queue.GiveUpAfter <= TimeSpan.Zero) yield return $"Streams:{name}:Queue:GiveUpAfter is {stream.Queue.GiveUpAfter}. Set more than zero.";
        if (stream.Retry.MaxDelay > s_longestDelay) yield return $"Streams:{name}:Retry:MaxDelay is {stream.Retry.MaxDelay}. A sender waits for it; set {s_longestDelay} at most.";
    }

    private static IEnumerable<string> Outbox(MailOutboxOptions outbox)
    {
        if (outbox.Capacity < 1) yield return $"Outbox:Capacity is {outbox.Capacity}. Set 1 or more.";
        if (outbox.PollInterval <= TimeSpan.Zero || outbox.PollInterval > s_longestWait) yield return $"Outbox:PollInterval is {outbox.PollInterval}. Set more than zero, and {s_longestWait} at most.";
        if (outbox.LeaseDuration < TimeSpan.FromSeconds(1) || outbox.LeaseDuration > s_longestWait) yield return $"Outbox:LeaseDuration is {outbox.LeaseDuration}. Set 1 second or more, and {s_longestWait} at most.";
        if (outbox.StopTimeout < TimeSpan.Zero || outbox.StopTimeout > s_longestWait) yield return $"Outbox:StopTimeout is {outbox.StopTimeout}. Set zero or more, and {s_longestWait} at most.";
    }

    private static IEnumerable<string> Idempotency(TimeSpan window)
    {
        if (window <= TimeSpan.Zero || window > s_longestWindow) yield return $"IdempotencyWindow is {window}. Set more than zero, and {s_longestWindow} at most.";
    }

    private IEnumerable<string> Limits(string name, MailTransportLimits limits)
    {
        if (IsUnknown(name)) yield return $"Limits names the unknown transport \"{name}\". {Known()}";
        if (limits.MaxConcurrency < 1) yield return $"Limits:{name}:MaxConcurrency is {limits.MaxConcurrency}. Set 1 or more, or nothing for no limit.";
        if (limits.MaxPerSecond < 1) yield return $"Limits:{name}:MaxPerSecond is {limits.MaxPerSecond}. Set 1 or more, or nothing for no limit.";
        if (limits.FailureThreshold < 1) yield return $"Limits:{name}:FailureThreshold is {limits.FailureThreshold}. Set 1 or more.";
        if (limits.CoolDown <= TimeSpan.Zero || limits.CoolDown > limits.MaxCoolDown) yield return $"Limits:{name}:CoolDown is {limits.CoolDown}. It is more than zero and at most MaxCoolDown, {limits.MaxCoolDown}.";
    }

    private bool IsUnknown(string transport) => transports.Find(transport) is null && !transports.FaultyNames.Contains(transport);

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
