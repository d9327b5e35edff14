using TransactionalMail.Transports;

namespace TransactionalMail.Testing;

/// <summary>A transport that keeps mail instead of sending it. Everything before it is real: validation, templates, MIME and DKIM.</summary>
/// <remarks>
/// Thread-safe. Tests that share one, through a shared host for instance, each look into the inbox of an address of their own:
/// <see cref="InboxOf"/>.
/// </remarks>
public sealed class FakeMailTransport : IMailTransport
{
    private readonly Lock _lock = new();
    private readonly List<SentMail> _sent = [];
    private readonly List<ScriptedFailure> _failures = [];
    private readonly Dictionary<EmailAddress, RecipientOutcome> _refusals = [];
    private readonly MailInbox _everybody;
    private TaskCompletionSource _arrival = NewArrival();

    /// <summary>Initialises an empty fake.</summary>
    public FakeMailTransport() => _everybody = new MailInbox(this, null);

    /// <summary>Gets or sets what the fake can carry.</summary>
    /// <value>The default is everything.</value>
    public MailFeatures Features { get; init; } = MailFeatures.Mime | MailFeatures.OpenTracking | MailFeatures.ClickTracking;

    /// <summary>Gets or sets the name that receipts and errors show.</summary>
    /// <value>The default is <c>fake</c>.</value>
    public string Name { get; init; } = "fake";

    /// <inheritdoc cref="MailInbox.Sent"/>
    public IReadOnlyList<SentMail> Sent => _everybody.Sent;

    /// <summary>Returns the inbox of one recipient.</summary>
    /// <param name="recipient">The recipient, whatever its display name.</param>
    public MailInbox InboxOf(EmailAddress recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        return new MailInbox(this, recipient);
    }

    /// <inheritdoc cref="MailInbox.Single"/>
    public SentMail Single(Func<SentMail, bool>? match = null) => _everybody.Single(match);

    /// <inheritdoc cref="MailInbox.ShouldBeEmpty"/>
    public void ShouldBeEmpty() => _everybody.ShouldBeEmpty();

    /// <inheritdoc cref="MailInbox.WaitForAsync"/>
    public Task<SentMail> WaitForAsync(Func<SentMail, bool>? match = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _everybody.WaitForAsync(match, timeout, cancellationToken);

    /// <summary>Makes the next attempt to send fail as a whole, whoever it is for. Calls add up; parallel tests use <see cref="MailInbox.FailNext"/>.</summary>
    /// <param name="failure">The kind of failure.</param>
    /// <param name="mayHaveBeenAccepted">Whether the answer is lost after the mail was taken: it is then among <see cref="Sent"/> all the same.</param>
    /// <remarks>
    /// Each call makes one attempt fail, and a stream makes several: on each of its transports, and after a transient failure as often
    /// as <see cref="MailRetryOptions.MaxAttempts"/> says; with a fake it does not wait in between.
    /// </remarks>
    public void FailNext(TransportFailure failure, bool mayHaveBeenAccepted = false) => _everybody.FailNext(failure, mayHaveBeenAccepted);

    /// <summary>Refuses a recipient from now on, as a relay does for a mailbox that does not exist.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="status"><see cref="RecipientStatus.Rejected"/>, or <see cref="RecipientStatus.Deferred"/> to refuse for now.</param>
    /// <param name="diagnostic">What the relay says; codes at its beginning are those of the outcome and its event.</param>
    public void RejectRecipient(EmailAddress recipient, RecipientStatus status = RecipientStatus.Rejected, string diagnostic = "550 5.1.1 No such mailbox")
    {
        ArgumentNullException.ThrowIfNull(recipient);
        if (status is not (RecipientStatus.Rejected or RecipientStatus.Deferred)) throw new ArgumentOutOfRangeException(nameof(status), status, "A relay rejects or defers.");
        ArgumentNullException.ThrowIfNull(diagnostic);
        var words = diagnostic.Split(' ');
        var outcome = new RecipientOutcome(recipient, status, Name, null, diagnostic)
        {
            ProviderCode = words[0] is { Length: 3 } code && code.All(char.IsAsciiDigit) ? code : null,
            EnhancedCode = words.Length > 1 && words[1].Count(static c => c is '.') == 2 ? words[1] : null,
        };
        lock (_lock) _refusals[recipient] = outcome;
    }

    /// <summary>Forgets all mail, failures and refusals.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _sent.Clear();
            _failures.Clear();
            _refusals.Clear();
        }
    }

    /// <inheritdoc/>
    public async Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mail);
        var raw = await ComposeAsync(mail, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            var failure = TakeFailure(mail);
            if (failure is { MayHaveBeenAccepted: false }) throw Failed(failure);

            var outcomes = mail.Envelope.Recipients.Select(r => _refusals.GetValueOrDefault(r) ?? new RecipientOutcome(r, RecipientStatus.Accepted, Name, null, null)).ToArray();
            var accepted = outcomes.Where(static o => o.Status is RecipientStatus.Accepted).Select(static o => o.Recipient).ToArray();
            if (accepted.Length > 0) Keep(new SentMail(mail, accepted, raw));
            return failure is null ? new TransportReceipt(outcomes, mail.MessageId) : throw Failed(failure);
        }
    }

    internal IReadOnlyList<SentMail> Snapshot(Func<SentMail, bool> match)
    {
        lock (_lock) return [.. _sent.Where(match)];
    }

    internal void Script(ScriptedFailure failure)
    {
        lock (_lock) _failures.Add(failure);
    }

    internal async Task<SentMail> WaitForAsync(Func<SentMail, bool> match, string description, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        while (true)
        {
            Task arrival;
            lock (_lock)
            {
                if (_sent.Find(mail => match(mail)) is { } found) return found;
                arrival = _arrival.Task;
            }

            try
            {
                await arrival.WaitAsync(deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new SentMailAssertionException($"Waited {timeout} for a mail{description} that did not come.", Snapshot(static _ => true));
            }
        }
    }

    private static async Task<byte[]> ComposeAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await mail.WriteToAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes.ToArray();
    }

    private static TaskCompletionSource NewArrival() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ScriptedFailure? TakeFailure(OutboundMail mail)
    {
        var next = _failures.FindIndex(f => f.Inbox.Concerns(mail.Envelope.Recipients));
        if (next < 0) return null;

        var failure = _failures[next];
        _failures.RemoveAt(next);
        return failure;
    }

    private void Keep(SentMail mail)
    {
        _sent.Add(mail);
        _arrival.SetResult();
        _arrival = NewArrival();
    }

    private MailTransportException Failed(ScriptedFailure failure) =>
        new(failure.Failure, Name, "The test asked for this failure.") { MayHaveBeenAccepted = failure.MayHaveBeenAccepted };
}
