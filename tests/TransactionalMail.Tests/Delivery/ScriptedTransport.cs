using System.Security.Cryptography;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Delivery;

/// <summary>A transport that does what a test scripts, attempt by attempt, then accepts; it remembers each attempt.</summary>
internal sealed class ScriptedTransport(string name, TimeProvider time) : IMailTransport
{
    private readonly Queue<Func<OutboundMail, CancellationToken, Task<TransportReceipt>>> _script = [];

    public string Name => name;

    public List<Attempt> Attempts { get; } = [];

    /// <summary>Gets or sets what is done when an attempt begins, with the number of attempts so far.</summary>
    public Action<int>? OnAttempt { get; set; }

    public MailFeatures Features => MailFeatures.Mime;

    public ScriptedTransport Fails(TransportFailure failure, TimeSpan? retryAfter = null, bool mayHaveBeenAccepted = false, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            _script.Enqueue((_, _) => throw new MailTransportException(failure, name, "Scripted.") { RetryAfter = retryAfter, MayHaveBeenAccepted = mayHaveBeenAccepted });
        }

        return this;
    }

    public ScriptedTransport Answers(Func<EmailAddress, RecipientStatus> status, string? code = null, string? enhancedCode = null) =>
        Does((mail, _) => Task.FromResult(Receipt(mail, status, code, enhancedCode)));

    public ScriptedTransport Does(Func<OutboundMail, CancellationToken, Task<TransportReceipt>> attempt)
    {
        _script.Enqueue(attempt);
        return this;
    }

    public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await mail.WriteToAsync(bytes, cancellationToken);
        Func<OutboundMail, CancellationToken, Task<TransportReceipt>>? next;
        lock (_script)
        {
            Attempts.Add(new Attempt(time.GetUtcNow(), [.. mail.Envelope.Recipients.Select(r => r.Address)], mail.MessageId, mail.Date, Convert.ToHexString(SHA256.HashData(bytes.ToArray()))));
            OnAttempt?.Invoke(Attempts.Count);
            _script.TryDequeue(out next);
        }

        return next is null ? Receipt(mail, _ => RecipientStatus.Accepted) : await next(mail, cancellationToken);
    }

    private TransportReceipt Receipt(OutboundMail mail, Func<EmailAddress, RecipientStatus> status, string? code = null, string? enhancedCode = null) =>
        new([.. mail.Envelope.Recipients.Select(r => new RecipientOutcome(r, status(r), name, null, $"{status(r)} by {name}") { ProviderCode = code, EnhancedCode = enhancedCode })], mail.MessageId);

    internal sealed record Attempt(DateTimeOffset At, IReadOnlyList<string> Recipients, string MessageId, DateTimeOffset Date, string Hash);
}
