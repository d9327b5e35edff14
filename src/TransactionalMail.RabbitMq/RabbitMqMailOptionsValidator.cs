using Microsoft.Extensions.Options;

namespace TransactionalMail.Outbox.RabbitMq;

/// <summary>Finds every fault of the options at once.</summary>
internal sealed class RabbitMqMailOptionsValidator : IValidateOptions<RabbitMqMailOptions>
{
    private const int LongestPrefix = 100;

    public ValidateOptionsResult Validate(string? name, RabbitMqMailOptions options)
    {
        List<string> faults = [];
        if (options.Uri is not { IsAbsoluteUri: true, Scheme: "amqp" or "amqps" }) faults.Add("RabbitMQ: Uri must begin with amqp:// or amqps://.");
        if (string.IsNullOrWhiteSpace(options.QueuePrefix) || options.QueuePrefix.Length > LongestPrefix) faults.Add($"RabbitMQ: QueuePrefix must have 1 to {LongestPrefix} characters.");
        else if (options.QueuePrefix.StartsWith("amq.", StringComparison.Ordinal)) faults.Add("RabbitMQ: QueuePrefix must not begin with \"amq.\", which the broker keeps for itself.");
        if (options.MaxMessageBytes < 64 * 1024) faults.Add($"RabbitMQ: MaxMessageBytes is {options.MaxMessageBytes}; it must be 65536 at least.");
        if (options.DeliveryLimit < 1) faults.Add($"RabbitMQ: DeliveryLimit is {options.DeliveryLimit}; it must be 1 at least.");
        if (options.Timeout < TimeSpan.FromSeconds(1) || options.Timeout > TimeSpan.FromMinutes(10)) faults.Add($"RabbitMQ: Timeout is {options.Timeout}; it must be 1 second to 10 minutes.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
