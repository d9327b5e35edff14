namespace TransactionalMail.Testing;

/// <summary>The mail of one recipient in a <see cref="FakeMailTransport"/>: a test that uses an address of its own sees only its own mail. Thread-safe.</summary>
/// <example><code>
/// var inbox = fake.InboxOf("ada@example.com");
/// await client.PostAsync("/password-reset", …);
/// var mail = await inbox.WaitForAsync();
/// </code></example>
public sealed class MailInbox
{
    private readonly FakeMailTransport _transport;

    internal MailInbox(FakeMailTransport transport, EmailAddress? owner)
    {
        _transport = transport;
        Owner = owner;
    }

    /// <summary>Gets the recipient whose mail this is, or <see langword="null"/> for everybody's.</summary>
    public EmailAddress? Owner { get; }

    /// <summary>Gets the mail so far, in the order it was sent.</summary>
    public IReadOnlyList<SentMail> Sent => _transport.Snapshot(IsMine);

    /// <summary>Waits for a mail, one that was sent already or one that is yet to come.</summary>
    /// <param name="match">What it must satisfy; <see langword="null"/> takes the first.</param>
    /// <param name="timeout">How long to wait; the default is 5 seconds.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="SentMailAssertionException">None came in time.</exception>
    public Task<SentMail> WaitForAsync(Func<SentMail, bool>? match = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _transport.WaitForAsync(mail => IsMine(mail) && (match is null || match(mail)), Description, timeout ?? TimeSpan.FromSeconds(5), cancellationToken);

    /// <summary>Returns the one mail that was sent.</summary>
    /// <param name="match">What it must satisfy; <see langword="null"/> takes any.</param>
    /// <exception cref="SentMailAssertionException">There was none, or more than one.</exception>
    public SentMail Single(Func<SentMail, bool>? match = null)
    {
        var found = Sent.Where(mail => match is null || match(mail)).ToArray();
        return found.Length == 1
            ? found[0]
            : throw new SentMailAssertionException($"Expected one {(match is null ? "" : "matching ")}mail{Description}, but there were {found.Length}.", Sent);
    }

    /// <summary>Checks that nothing was sent.</summary>
    /// <exception cref="SentMailAssertionException">Something was.</exception>
    public void ShouldBeEmpty()
    {
        if (Sent is { Count: > 0 } sent) throw new SentMailAssertionException($"Expected no mail{Description}, but there was.", sent);
    }

    /// <summary>Makes the next attempt to send fail as a whole; only mail to <see cref="Owner"/> counts. Calls add up.</summary>
    /// <param name="failure">The kind of failure.</param>
    /// <param name="mayHaveBeenAccepted">Whether the answer is lost after the mail was taken: it is then among <see cref="Sent"/> all the same.</param>
    /// <remarks>
    /// Each call makes one attempt fail, and a stream makes several: on each of its transports, and after a transient failure as often
    /// as <see cref="MailRetryOptions.MaxAttempts"/> says; with a fake it does not wait in between.
    /// </remarks>
    public void FailNext(TransportFailure failure, bool mayHaveBeenAccepted = false) => _transport.Script(new ScriptedFailure(this, failure, mayHaveBeenAccepted));

    internal bool Concerns(IReadOnlyList<EmailAddress> recipients) => Owner is null || recipients.Contains(Owner);

    private bool IsMine(SentMail mail) => Concerns(mail.Recipients);

    private string Description => Owner is null ? "" : $" to {Owner.Address}";
}
