using Microsoft.Extensions.Options;
using TransactionalMail.Transports;

namespace TransactionalMail.Delivery;

/// <summary>Every stream, ready to use; making it validates the whole configuration.</summary>
internal sealed class MailStreams
{
    /// <summary>The stream of messages and mailers that name none.</summary>
    public const string Default = "default";

    private readonly Dictionary<string, MailStream> _streams;

    public MailStreams(IOptions<TransactionalMailOptions> options, TransportRegistry transports)
    {
        var settings = options.Value;
        _streams = settings.Streams.ToDictionary(s => s.Key, s => Create(s.Key, s.Value, settings, transports), StringComparer.OrdinalIgnoreCase);
        _streams.TryAdd(Default, Create(Default, new MailStreamOptions(), settings, transports));
    }

    /// <summary>Finds a stream by the key of a mailer, which must exist.</summary>
    public MailStream Find(string name) =>
        _streams.GetValueOrDefault(name)
        ?? throw new InvalidOperationException($"There is no mail stream \"{name}\". The streams are {Names}; add it with AddStream or under TransactionalMail:Streams.");

    /// <summary>Finds the stream of a message sent through a mailer.</summary>
    /// <param name="mailer">The stream of the mailer, or <see langword="null"/> for the one without a key.</param>
    /// <param name="message">The stream the message names, or <see langword="null"/>.</param>
    public MailStream Find(string? mailer, string? message)
    {
        if (mailer is not null && message is not null && !string.Equals(mailer, message, StringComparison.OrdinalIgnoreCase))
        {
            throw new EmailValidationException([new("StreamName", $"The mailer belongs to stream \"{mailer}\" and the message names another. Remove StreamName, or send it through that stream's mailer.")]);
        }

        return _streams.GetValueOrDefault(mailer ?? message ?? Default)
            ?? throw new EmailValidationException([new("StreamName", $"There is no such stream. The streams are {Names}.")]);
    }

    private string Names => string.Join(", ", _streams.Keys.Order(StringComparer.Ordinal).Select(static n => $"\"{n}\""));

    private static MailStream Create(string name, MailStreamOptions stream, TransactionalMailOptions settings, TransportRegistry transports)
    {
        var from = stream.From ?? settings.From;
        return new MailStream(
            name,
            from is null ? null : EmailAddress.Parse(from, null),
            stream.Transports.Count == 0 ? transports.Transports : [.. stream.Transports.Select(t => transports.Find(t)!)]);
    }
}
