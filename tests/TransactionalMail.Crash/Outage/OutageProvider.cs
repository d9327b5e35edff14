using TransactionalMail.Transports;

namespace TransactionalMail.Crash.Outage;

/// <summary>A provider that is down until a time, and from then on takes a moment for each mail.</summary>
/// <param name="clock">The clock.</param>
/// <param name="upAt">When it comes back.</param>
/// <param name="takes">What a mail takes.</param>
internal sealed class OutageProvider(TimeProvider clock, DateTimeOffset upAt, TimeSpan takes) : IMailTransport
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, int> _attempts = [];
    private readonly Dictionary<MailId, int> _sent = [];
    private int _inHand;

    public MailFeatures Features => MailFeatures.None;

    /// <summary>Gets how often it was asked while it was down.</summary>
    public int AttemptsWhileDown { get; private set; }

    /// <summary>Gets the most mails it had in hand at once.</summary>
    public int MostInHand { get; private set; }

    public int Sent
    {
        get
        {
            lock (_lock) return _sent.Count;
        }
    }

    /// <summary>Gets how many mails it got more than once.</summary>
    public int Twice => _sent.Values.Count(static n => n > 1);

    /// <summary>Returns the most attempts within a second, while it was down or from then on.</summary>
    public int MostInASecond(bool whileDown) => _attempts.Where(a => a.Key < upAt.ToUnixTimeSeconds() == whileDown).Select(static a => a.Value).DefaultIfEmpty().Max();

    public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var second = now.ToUnixTimeSeconds();
            _attempts[second] = _attempts.GetValueOrDefault(second) + 1;
            if (now < upAt)
            {
                AttemptsWhileDown++;
                throw new MailTransportException(TransportFailure.Network, "provider", "It is down.");
            }

            MostInHand = Math.Max(MostInHand, ++_inHand);
        }

        await Task.Delay(takes, clock, cancellationToken);
        lock (_lock)
        {
            _inHand--;
            _sent[mail.Id] = _sent.GetValueOrDefault(mail.Id) + 1;
        }

        return TransportReceipt.Accepted(mail, "provider");
    }
}
