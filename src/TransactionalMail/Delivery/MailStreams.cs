using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TransactionalMail.Transports;

namespace TransactionalMail.Delivery;

/// <summary>Every stream, ready to use; making it validates the whole configuration.</summary>
internal sealed class MailStreams : IDisposable
{
    /// <summary>The stream of messages and mailers that name none.</summary>
    public const string Default = "default";

    private readonly Dictionary<string, MailStream> _streams;
    private readonly IReadOnlyList<GuardedTransport> _transports;
    private readonly TimeProvider _time;
    private readonly bool _isTest;

    public MailStreams(IOptions<TransactionalMailOptions> options, TransportRegistry transports, TimeProvider time, ILogger<MailStreams> logger)
    {
        var settings = options.Value;
        _time = time;
        _isTest = transports.IsReplaced;
        _transports = [.. transports.Transports.Select(t => new GuardedTransport(t, LimitsOf(t.Name, settings), time, logger))];
        _streams = settings.Streams.ToDictionary(s => s.Key, s => Create(s.Key, s.Value, settings), StringComparer.OrdinalIgnoreCase);
        _streams.TryAdd(Default, Create(Default, new MailStreamOptions(), settings));
    }

    /// <summary>Gets every transport, whichever streams use it.</summary>
    public IReadOnlyList<GuardedTransport> Transports => _transports;

    public IReadOnlyCollection<MailStream> All => _streams.Values;

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

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var transport in _transports) transport.Dispose();
    }

    private MailStream Create(string name, MailStreamOptions stream, TransactionalMailOptions settings)
    {
        var from = stream.From ?? settings.From;
        IReadOnlyList<GuardedTransport> transports = stream.Transports.Count == 0
            ? _transports
            : [.. stream.Transports.Select(name => _transports.First(t => string.Equals(t.Name, name, StringComparison.OrdinalIgnoreCase)))];
        return new MailStream(
            name,
            from is null ? null : EmailAddress.Parse(from, null),
            new TransportRouter(transports, stream.Weights),
            stream.WhenInDoubt,
            RetryPolicy.Create(_isTest ? new() { MaxAttempts = stream.Retry.MaxAttempts, Delay = TimeSpan.Zero } : stream.Retry, _time),
            stream.Queue,
            stream.IgnoreUnsubscribes);
    }

    private MailTransportLimits LimitsOf(string transport, TransactionalMailOptions settings)
    {
        if (_isTest) return new() { CoolDown = TimeSpan.Zero, MaxCoolDown = TimeSpan.Zero };
        return settings.Limits.TryGetValue(transport, out var limits) ? limits : new();
    }
}
