using TransactionalMail.Transports;

namespace TransactionalMail.Delivery;

/// <summary>What is known so far of one mail's delivery, recipient by recipient. Used by one delivery at a time.</summary>
/// <remarks>The mail's envelope always holds exactly the recipients without a final answer.</remarks>
internal sealed class DeliveryRun
{
    private readonly IReadOnlyList<EmailAddress> _recipients;
    private readonly Dictionary<EmailAddress, RecipientOutcome> _outcomes = [];
    private readonly Dictionary<EmailAddress, SuppressionReason> _suppressed = [];
    private readonly List<MailTransportException> _failures = [];
    private readonly List<MailTransportException> _round = [];
    private bool _answered;
    private string? _messageId;

    /// <summary>Begins the delivery of a mail, or goes on with one.</summary>
    /// <param name="mail">The mail; its envelope holds the recipients to try.</param>
    /// <param name="attempts">How many times a transport was asked so far.</param>
    /// <param name="pinnedTransport">The transport the mail may have gone out through.</param>
    public DeliveryRun(OutboundMail mail, int attempts = 0, string? pinnedTransport = null)
    {
        Mail = mail;
        Attempts = attempts;
        PinnedTransport = pinnedTransport;
        _recipients = mail.Envelope.Recipients;
        if (pinnedTransport is null) return;
        foreach (var recipient in _recipients) _outcomes[recipient] = new RecipientOutcome(recipient, RecipientStatus.Unknown, pinnedTransport, null, null);
    }

    public OutboundMail Mail { get; }

    /// <summary>Gets how many times a transport was asked.</summary>
    public int Attempts { get; private set; }

    /// <summary>Gets the only transport that may still be asked, because the mail may have gone out through it.</summary>
    public string? PinnedTransport { get; private set; }

    /// <summary>Gets whether nothing is left to do, or nothing would help.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Gets whether time may bring an answer for some recipients.</summary>
    public bool MayPass => !IsOver && !IsHopeless && Outcomes.Any(static o => o.Status is RecipientStatus.Deferred or RecipientStatus.Unknown);

    /// <summary>Gets how long the transports asked to wait in the last round, or <see langword="null"/> where one of them did not say.</summary>
    public TimeSpan? RetryAfter => !_answered && _round.TrueForAll(static f => f.RetryAfter is not null) ? _round.Min(static f => f.RetryAfter) : null;

    /// <summary>Gets whether every transport that may be asked was asked in the last round, and none can carry this mail, now or later.</summary>
    public bool IsHopeless => !_answered && _round.Count > 0 && _round.TrueForAll(static f => f.IsOfTheMessage);

    /// <summary>Gets whether a recipient has the mail or may have it, so that sending it anew would send it twice.</summary>
    public bool MayHaveBeenAccepted => Outcomes.Any(static o => o.Status is RecipientStatus.Accepted or RecipientStatus.Unknown);

    /// <summary>Gets what is known of each recipient.</summary>
    public IReadOnlyList<RecipientOutcome> Outcomes => [.. _recipients.Where(_outcomes.ContainsKey).Select(r => _outcomes[r])];

    /// <summary>Gets whether anybody who may have the mail is without an answer.</summary>
    public bool HasRecipients => Mail.Envelope.Recipients.Count > 0;

    /// <summary>Returns the failure behind an outcome, where a transport failed as a whole.</summary>
    public MailTransportException? FailureOf(RecipientOutcome outcome) =>
        outcome.Diagnostic is null ? _failures.FindLast(f => string.Equals(f.TransportName, outcome.TransportName, StringComparison.Ordinal)) : null;

    public SuppressionReason? SuppressionOf(EmailAddress recipient) => _suppressed.TryGetValue(recipient, out var reason) ? reason : null;

    /// <summary>Takes recipients out whom nothing is sent to.</summary>
    public void Suppress(IReadOnlyList<SuppressionEntry> entries)
    {
        foreach (var entry in entries)
        {
            _suppressed.TryAdd(entry.Recipient, entry.Reason);
            _outcomes[entry.Recipient] = new RecipientOutcome(entry.Recipient, RecipientStatus.Suppressed, null, null, $"The recipient is on the suppression list ({entry.Reason}).");
        }

        Mail.KeepRecipients([.. Mail.Envelope.Recipients.Where(r => !_suppressed.ContainsKey(r))]);
        IsOver = !HasRecipients;
    }

    public void BeginRound()
    {
        _round.Clear();
        _answered = false;
    }

    /// <summary>Returns whether a transport may be asked without the risk of sending the mail twice.</summary>
    public bool MayAsk(string transport) => PinnedTransport is null || string.Equals(PinnedTransport, transport, StringComparison.OrdinalIgnoreCase);

    /// <summary>A transport cannot be asked.</summary>
    public void Skip(MailTransportException obstacle) => Note(obstacle, obstacle.IsTransient ? RecipientStatus.Deferred : RecipientStatus.Rejected);

    /// <summary>A transport failed as a whole.</summary>
    public void Fail(MailTransportException failure, InDoubtPolicy whenInDoubt)
    {
        Attempts++;
        if (failure.MayHaveBeenAccepted) PinnedTransport = failure.TransportName;
        Note(failure, failure switch
        {
            { MayHaveBeenAccepted: true } => RecipientStatus.Unknown,
            { IsTransient: true } => RecipientStatus.Deferred,
            _ => RecipientStatus.Rejected,
        });
        IsOver = failure.IsFinal || (failure.MayHaveBeenAccepted && whenInDoubt is InDoubtPolicy.Stop);
    }

    /// <summary>A transport answered.</summary>
    public void Answer(string transport, TransportReceipt receipt, InDoubtPolicy whenInDoubt)
    {
        Attempts++;
        _answered = true;
        foreach (var recipient in Mail.Envelope.Recipients)
        {
            var answer = receipt.Recipients.FirstOrDefault(o => o.Recipient.Equals(recipient))
                ?? new RecipientOutcome(recipient, RecipientStatus.Unknown, transport, null, "The transport did not say what became of this recipient.");
            if (answer.Status is RecipientStatus.Deferred) Presume(answer);
            else _outcomes[recipient] = answer;
        }

        if (receipt.Recipients.Any(static o => o.Status is RecipientStatus.Accepted)) _messageId = receipt.MessageId;
        Mail.KeepRecipients([.. Mail.Envelope.Recipients.Where(r => _outcomes[r].Status is RecipientStatus.Deferred or RecipientStatus.Unknown)]);
        var isInDoubt = Mail.Envelope.Recipients.Any(r => _outcomes[r].Status is RecipientStatus.Unknown);
        if (isInDoubt) PinnedTransport = transport;
        IsOver = !HasRecipients || (isInDoubt && whenInDoubt is InDoubtPolicy.Stop);
    }

    /// <summary>The mail is worthless by now.</summary>
    public void Expire()
    {
        IsOver = true;
        foreach (var recipient in Mail.Envelope.Recipients.Where(r => !_outcomes.TryGetValue(r, out var known) || known.Status is not RecipientStatus.Unknown))
        {
            _outcomes[recipient] = new RecipientOutcome(recipient, RecipientStatus.Rejected, null, null, "NotAfter passed before a relay took the mail.");
        }
    }

    /// <summary>Returns the receipt, or throws where nobody who was to get the mail got it.</summary>
    public MailReceipt Conclude(DateTimeOffset acceptedAt)
    {
        var outcomes = Outcomes;
        var wanted = outcomes.Where(static o => o.Status is not RecipientStatus.Suppressed).ToArray();
        if (wanted.Length > 0 && !wanted.Any(static o => o.Status is RecipientStatus.Accepted))
        {
            throw new MailDeliveryException(Mail.Id, outcomes, _failures, Attempts);
        }

        return new MailReceipt(Mail.Id, _messageId, outcomes, Attempts, acceptedAt);
    }

    /// <summary>Says why recipients are still without the mail, in words without addresses.</summary>
    public string DescribeFailure() => string.Join(' ', _round.Select(static f => f.Message)
        .Concat(Outcomes.Where(static o => o.Status is not RecipientStatus.Accepted && o.Diagnostic is not null).Select(static o => o.Diagnostic!))
        .Distinct(StringComparer.Ordinal));

    private void Note(MailTransportException failure, RecipientStatus status)
    {
        _failures.Add(failure);
        _round.Add(failure);
        foreach (var recipient in Mail.Envelope.Recipients) Presume(new RecipientOutcome(recipient, status, failure.TransportName, null, null));
    }

    /// <summary>Takes an outcome that is not final, unless a heavier one is known: that a mail may have gone out is not forgotten because of what came later.</summary>
    private void Presume(RecipientOutcome outcome)
    {
        if (_outcomes.TryGetValue(outcome.Recipient, out var known) && Weight(known.Status) > Weight(outcome.Status)) return;
        _outcomes[outcome.Recipient] = outcome;
    }

    private static int Weight(RecipientStatus status) => status switch
    {
        RecipientStatus.Unknown => 2,
        RecipientStatus.Deferred => 1,
        _ => 0,
    };
}
