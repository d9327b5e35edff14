using System.Collections.Concurrent;
using TransactionalMail.Transports;

namespace TransactionalMail.RabbitMq.Tests;

/// <summary>Takes all mail and counts how often each came. Several applications may share one.</summary>
internal sealed class CountingTransport(int expected) : IMailTransport
{
    private readonly ConcurrentDictionary<MailId, int> _times = [];
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MailFeatures Features => MailFeatures.Mime;

    public IReadOnlyDictionary<MailId, int> Times => _times;

    /// <summary>Gets how many mails came more often than once, and how often in all.</summary>
    public int Duplicates => _times.Values.Sum(static n => n - 1);

    /// <summary>Gets or sets what happens to each mail first.</summary>
    public Func<OutboundMail, CancellationToken, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Waits until as many different mails came as are expected.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _all.Task.WaitAsync(TimeSpan.FromSeconds(90), cancellationToken);

    public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        await Before(mail, cancellationToken);
        _times.AddOrUpdate(mail.Id, 1, static (_, n) => n + 1);
        if (_times.Count == expected) _all.TrySetResult();
        return TransportReceipt.Accepted(mail, "count");
    }
}
