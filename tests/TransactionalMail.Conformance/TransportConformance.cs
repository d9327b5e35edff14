using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Transports;

namespace TransactionalMail.Conformance;

/// <summary>What every <see cref="IMailTransport"/> does. Inherit it, and give it a relay of that kind that belongs to the test.</summary>
/// <remarks>A mailer drives the transport, as in an application; a witness between the two sees what the mailer hides.</remarks>
public abstract class TransportConformance : PortConformance<IMailTransport>, IAsyncDisposable
{
    private const string Name = "tested";

    private readonly Lazy<ServiceProvider> _services;
    private WitnessedTransport? _witness;

    protected TransportConformance() => _services = new(Build);

    /// <summary>Gets every feature a transport may declare.</summary>
    public static TheoryData<MailFeatures> Features { get; } = new(FeatureSample.Features);

    /// <summary>Gets what no failure may tell: the password, the token.</summary>
    protected virtual IReadOnlyList<string> Secrets => [];

    private protected sealed override IMailTransport Implementation => Witness.Transport;

    private WitnessedTransport Witness
    {
        get
        {
            _ = Mailer;
            return _witness!;
        }
    }

    private ITransactionalMailer Mailer => _services.Value.GetRequiredService<ITransactionalMailer>();

    private MailFeatures Declared => Witness.Features;

    /// <summary>Makes the transport, set to hand over to the test's relay; called once.</summary>
    protected abstract IMailTransport Create(MailTransportContext context);

    /// <summary>Reads what has arrived at the relay.</summary>
    protected abstract ValueTask<IReadOnlyList<ArrivedMail>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Makes the next attempt fail as a whole; more may fail, until <see cref="Repair"/>.</summary>
    /// <param name="words">What the relay says, if it says anything.</param>
    protected abstract void Break(string words);

    /// <summary>Ends what <see cref="Break"/> did.</summary>
    protected abstract void Repair();

    /// <summary>Gets what the provider cannot carry of a feature it does; each must then be refused.</summary>
    protected virtual FeatureGaps Gaps => FeatureGaps.None;

    /// <summary>Makes the relay refuse a recipient for good. Returns whether it can.</summary>
    protected virtual bool TryRefuse(EmailAddress recipient) => false;

    /// <summary>Ends the relay.</summary>
    protected virtual ValueTask EndRelayAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Answers_once_for_each_recipient_of_the_envelope()
    {
        var receipt = await Mailer.SendAsync(Email("ada@example.com", "ADA <ada@EXAMPLE.com>") with { Cc = ["grace@example.com"], Bcc = ["hidden@example.com"] }, Ct);

        var answer = Witness.Receipts.Should().ContainSingle().Which;
        answer.Recipients.Select(r => r.Recipient).Should().BeEquivalentTo<EmailAddress>(["ada@example.com", "grace@example.com", "hidden@example.com"]);
        answer.Recipients.Should().OnlyContain(r => r.Status == RecipientStatus.Accepted && r.TransportName == Name);
        receipt.Recipients.Should().BeEquivalentTo(answer.Recipients);
        await ShouldHaveReachedAsync("ada@example.com", "grace@example.com", "hidden@example.com");
    }

    [Fact]
    public async Task Says_which_recipients_were_refused_and_reaches_the_others()
    {
        var refused = TryRefuse("gone@example.com") ? RecipientStatus.Rejected : RecipientStatus.Accepted;

        await Mailer.SendAsync(Email("ada@example.com", "gone@example.com"), Ct);

        var outcomes = Witness.Receipts.Single().Recipients.ToDictionary(r => r.Recipient.Address, r => r.Status);
        outcomes.Should().Equal(new Dictionary<string, RecipientStatus> { ["ada@example.com"] = RecipientStatus.Accepted, ["gone@example.com"] = refused });
        await ShouldHaveReachedAsync(refused is RecipientStatus.Rejected ? ["ada@example.com"] : ["ada@example.com", "gone@example.com"]);
    }

    [Fact]
    public async Task Answers_also_where_every_recipient_is_refused()
    {
        if (!TryRefuse("gone@example.com"))
        {
            await Mailer.SendAsync(Email("gone@example.com"), Ct);
            await ShouldHaveReachedAsync("gone@example.com");
            return;
        }

        var sending = () => Mailer.SendAsync(Email("gone@example.com"), Ct);

        await sending.Should().ThrowAsync<MailDeliveryException>();
        Witness.Failures.Should().BeEmpty();
        Witness.Receipts.Should().ContainSingle().Which.Recipients.Should().ContainSingle().Which.Status.Should().Be(RecipientStatus.Rejected);
        (await ReadAsync(Ct)).Should().BeEmpty();
    }

    [Fact]
    public async Task Reaches_those_still_to_try_and_shows_everybody_the_mail_is_for()
    {
        await _services.Value.GetRequiredService<ISuppressionList>()
            .AddAsync(new() { Recipient = "done@example.com", Reason = SuppressionReason.Manual, Since = DateTimeOffset.UnixEpoch }, Ct);

        await Mailer.SendAsync(Email("done@example.com", "ada@example.com"), Ct);

        Witness.Receipts.Single().Recipients.Should().ContainSingle().Which.Recipient.Address.Should().Be("ada@example.com");
        await ShouldHaveReachedAsync("ada@example.com");
    }

    [Fact]
    public async Task Keeps_the_Message_ID_or_does_not_claim_to()
    {
        var receipt = await Mailer.SendAsync(Email("ada@example.com"), Ct);

        var arrived = await SingleAsync();
        Witness.Receipts.Single().MessageId.Should().Be(receipt.MessageId);
        if (receipt.MessageId is null) return;
        receipt.MessageId.Should().NotContainAny("<", ">");
        arrived.MessageId.Should().Be(receipt.MessageId);
    }

    [Fact]
    public async Task Carries_what_every_mail_has_in_every_script()
    {
        var message = new EmailMessage
        {
            From = new EmailAddress("no-reply@bücher.example", "Łukasz & Söhne, GmbH"),
            To = [new("zoe@example.com", "Zoë \"Ω\" O'Neil"), "ada@müller.example"],
            Cc = [new("nadia@example.com", "نادية")],
            ReplyTo = [new("support@acme.example", "サポート")],
            Subject = "Bestätigung 1042: für Zoë Ω 😀, " + string.Join(' ', Enumerable.Repeat("sehr lang", 15)),
            TextBody = $"Grüße 😀\n.\n..\nFrom here\n\ttab, trailing space \n{new string('x', 3_000)}\n\nشكرا",
            HtmlBody = $"<p>Grüße 😀 &amp; {string.Concat(Enumerable.Repeat("ありがとう", 500))}</p>",
        };

        await Mailer.SendAsync(message, Ct);

        var arrived = (await SingleAsync()).Message;
        Written([arrived.From!]).Should().Equal(Written([message.From]));
        Written(arrived.To).Should().Equal(Written(message.To));
        Written(arrived.Cc).Should().Equal(Written(message.Cc));
        Written(arrived.ReplyTo).Should().Equal(Written(message.ReplyTo));
        arrived.Subject.Should().Be(message.Subject);
        Lines(arrived.TextBody).Should().Be(Lines(message.TextBody));
        Lines(arrived.HtmlBody).Should().Be(Lines(message.HtmlBody));
    }

    [Theory]
    [MemberData(nameof(Features))]
    public async Task Carries_a_feature_it_declares_and_is_never_asked_for_another(MailFeatures feature)
    {
        var message = FeatureSample.AskFor(feature, Email("ada@example.com"), Gaps);
        if (Declared.HasFlag(feature))
        {
            await Mailer.SendAsync(message, Ct);
            await FeatureSample.ShouldHaveArrivedAsync(feature, await SingleAsync(), Gaps);
            return;
        }

        var sending = () => Mailer.SendAsync(message, Ct);

        (await sending.Should().ThrowAsync<MailDeliveryException>()).Which.Failures.Should().ContainSingle().Which.Failure.Should().Be(TransportFailure.UnsupportedFeature);
        Witness.Attempts.Should().Be(0);
        (await ReadAsync(Ct)).Should().BeEmpty();
    }

    [Theory]
    [InlineData(FeatureGaps.UnicodeTags, MailFeatures.Tags)]
    [InlineData(FeatureGaps.EmptyFiles, MailFeatures.Attachments)]
    [InlineData(FeatureGaps.UnicodeMetadata, MailFeatures.Metadata)]
    public async Task Refuses_what_it_cannot_carry_of_a_feature(FeatureGaps gap, MailFeatures feature)
    {
        var sending = () => Mailer.SendAsync(FeatureSample.AskFor(feature, Email("ada@example.com"), FeatureGaps.None), Ct);
        if (!Gaps.HasFlag(gap))
        {
            if (Declared.HasFlag(feature)) await sending.Should().NotThrowAsync();
            return;
        }

        (await sending.Should().ThrowAsync<MailDeliveryException>()).Which.Failures.Should().ContainSingle().Which.Failure.Should().Be(TransportFailure.UnsupportedFeature);
        (await ReadAsync(Ct)).Should().BeEmpty();
    }

    [Fact]
    public async Task Carries_everything_it_declares_at_once()
    {
        var features = FeatureSample.Features.Where(f => Declared.HasFlag(f)).ToList();

        await Mailer.SendAsync(features.Aggregate(Email("ada@example.com"), (message, feature) => FeatureSample.AskFor(feature, message, Gaps)), Ct);

        var arrived = await SingleAsync();
        arrived.Message.Subject.Should().Be("Your order 1042");
        foreach (var feature in features) await FeatureSample.ShouldHaveArrivedAsync(feature, arrived, Gaps);
    }

    [Fact]
    public async Task Nobody_sees_a_blind_copy()
    {
        await Mailer.SendAsync(Email("ada@example.com") with { Bcc = ["Hidden Person <hidden@secret.example>"] }, Ct);
        await Mailer.SendAsync(Email() with { Bcc = ["hidden@secret.example"] }, Ct);

        var arrived = await ReadAsync(Ct);
        arrived.Should().HaveCountGreaterThanOrEqualTo(2);
        foreach (var mail in arrived)
        {
            mail.Message.Bcc.Should().BeEmpty();
            Encoding.UTF8.GetString(mail.Visible.Span).Should().NotContainEquivalentOf("hidden").And.NotContainEquivalentOf("secret.example").And.NotContainEquivalentOf("bcc:");
        }
    }

    [Fact]
    public async Task Sends_nothing_once_the_caller_has_given_up()
    {
        using var patience = new CancellationTokenSource();
        Witness.BeforeAttempt = patience.Cancel;

        var sending = () => Mailer.SendAsync(Email("ada@example.com"), patience.Token);

        await sending.Should().ThrowAsync<OperationCanceledException>();
        Witness.Failures.Should().ContainSingle().Which.Should().BeAssignableTo<OperationCanceledException>();
        (await ReadAsync(Ct)).Should().BeEmpty();
    }

    [Fact]
    public async Task Parallel_mails_do_not_mix()
    {
        var sent = Enumerable.Range(0, 40).Select(i => Email($"reader-{i}@example.com") with { Subject = $"Order {i}", TextBody = string.Concat(Enumerable.Repeat($"line {i}\n", 1_000)) }).ToList();

        var receipts = await Task.WhenAll(sent.Select(message => Task.Run(() => Mailer.SendAsync(message, Ct), Ct)));

        receipts.SelectMany(r => r.Recipients).Select(r => r.Recipient).Should().BeEquivalentTo(sent.SelectMany(m => m.To));
        var arrived = (await ReadAsync(Ct)).ToDictionary(mail => mail.Message.Subject!);
        arrived.Should().HaveCount(sent.Count);
        foreach (var (message, receipt) in sent.Zip(receipts))
        {
            var mail = arrived[message.Subject!];
            mail.Message.To.Should().Equal(message.To);
            mail.Envelope?.Recipients.Should().Equal(message.To);
            Lines(mail.Message.TextBody).Should().Be(Lines(message.TextBody));
            if (receipt.MessageId is not null) mail.MessageId.Should().Be(receipt.MessageId);
        }
    }

    [Fact]
    public async Task A_failure_tells_neither_addresses_nor_secrets_nor_content_P02()
    {
        string[] canaries = ["canary", .. Secrets];
        Break($"cannot deliver to <canary-reader@example.com> with {string.Join(' ', Secrets)}");

        var sending = () => Mailer.SendAsync(Email("Canary Reader <canary-reader@example.com>") with { Subject = "canary", TextBody = "canary" }, Ct);

        var told = (await sending.Should().ThrowAsync<MailDeliveryException>()).Which;
        var failure = Witness.Failures.Should().ContainSingle().Which.Should().BeOfType<MailTransportException>("nothing else may escape a transport").Which;
        failure.TransportName.Should().Be(Name);
        foreach (var canary in canaries)
        {
            failure.ToString().Should().NotContainEquivalentOf(canary);
            told.ToString().Should().NotContainEquivalentOf(canary);
        }
    }

    [Fact]
    public async Task A_failure_does_not_outlast_its_cause()
    {
        Break("come back later");
        var sending = () => Mailer.SendAsync(Email("ada@example.com") with { Subject = "First" }, Ct);
        await sending.Should().ThrowAsync<MailDeliveryException>();
        (await ReadAsync(Ct)).Should().BeEmpty();
        Repair();

        await Mailer.SendAsync(Email("ada@example.com") with { Subject = "Second" }, Ct);

        (await SingleAsync()).Message.Subject.Should().Be("Second");
    }

    [Fact]
    public async Task Can_be_disposed_twice_used_or_not()
    {
        await Witness.DisposeAsync();
        await Witness.DisposeAsync();
    }

    [Fact]
    public async Task Can_be_disposed_twice_after_it_was_used()
    {
        await Mailer.SendAsync(Email("ada@example.com"), Ct);

        await Witness.DisposeAsync();
        await Witness.DisposeAsync();

        (await ReadAsync(Ct)).Should().ContainSingle();
    }

    /// <summary>Ends the application, with it the transport, then the relay.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_services.IsValueCreated) await _services.Value.DisposeAsync();
        await EndRelayAsync();
        GC.SuppressFinalize(this);
    }

    private static EmailMessage Email(params EmailAddress[] to) => new() { To = to, Subject = "Your order 1042", TextBody = "Thank you for your order." };

    private static IEnumerable<(string, string?)> Written(IEnumerable<EmailAddress> addresses) => addresses.Select(static a => (a.SmtpAddress, a.DisplayName));

    /// <summary>Returns a body with one kind of line ending, and none at the end, which mail does not tell apart.</summary>
    private static string? Lines(string? body) => body?.ReplaceLineEndings("\n").TrimEnd('\n');

    private async Task<ArrivedMail> SingleAsync() => (await ReadAsync(Ct)).Should().ContainSingle().Which;

    /// <summary>Checks whom the relay was told, in one envelope or several, where this kind of transport keeps envelopes; and that everybody sees the same.</summary>
    private async Task ShouldHaveReachedAsync(params EmailAddress[] recipients)
    {
        var arrived = await ReadAsync(Ct);
        arrived.Should().NotBeEmpty();
        arrived.Select(static mail => string.Join(", ", mail.Message.To)).Distinct().Should().ContainSingle();
        var envelopes = arrived.Select(static mail => mail.Envelope).OfType<MailEnvelope>().ToList();
        if (envelopes.Count > 0) envelopes.SelectMany(static e => e.Recipients).Should().BeEquivalentTo(recipients);
    }

    private ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddTransactionalMail(static options => options.From = "Acme <no-reply@acme.example>")
            .AddTransport(Name, provider => _witness = new WitnessedTransport(Create(new MailTransportContext(Name, provider))))
            .AddStream("default", static stream => stream.Retry.MaxAttempts = 1);
        return services.BuildServiceProvider();
    }
}
