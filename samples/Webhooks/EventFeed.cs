using System.Threading.Channels;
using TransactionalMail;

/// <summary>Hears of everything that happens to mail, after the audit and the suppression list. A shop would warn its support here, or mark the order.</summary>
internal sealed class EventFeed : IMailEventHandler
{
    private readonly Channel<MailEvent> _events = Channel.CreateUnbounded<MailEvent>();

    public ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken) => _events.Writer.WriteAsync(mailEvent, cancellationToken);

    /// <summary>Returns the next event of a kind and a mail; others are passed over.</summary>
    public async Task<T> WaitForAsync<T>(MailId mail) where T : MailEvent
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            while (true)
            {
                if (await _events.Reader.ReadAsync(patience.Token) is T found && found.MailId == mail) return found;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Nobody told of a {typeof(T).Name} within 5 seconds.");
        }
    }
}
