namespace TransactionalMail.Conformance;

/// <summary>What every <see cref="IMailAudit"/> does. Inherit it, and make an empty audit of that kind.</summary>
public abstract class AuditConformance : PortConformance<IMailAudit>
{
    private static readonly DateTimeOffset s_noon = new(2026, 11, 24, 12, 0, 0, 123, TimeSpan.Zero);

    /// <summary>Makes an empty audit, or returns the one of this test.</summary>
    protected abstract IMailAudit Audit { get; }

    private protected sealed override IMailAudit Implementation => Audit;

    /// <summary>Gets an event of every kind, with every property set.</summary>
    public static TheoryData<MailEvent> EveryKind()
    {
        var id = MailId.New(s_noon);
        MailEvent[] events =
        [
            new MailAccepted { MailId = id, OccurredAt = s_noon },
            new MailBounced { MailId = id, OccurredAt = s_noon, BounceKind = BounceKind.Hard, SmtpCode = 550, EnhancedCode = "5.1.1", Diagnostic = "Kein Postfach 😀" },
            new MailClicked { MailId = id, OccurredAt = s_noon, Url = "https://acme.example/confirm?t=1&name=Ada" },
            new MailComplained { MailId = id, OccurredAt = s_noon },
            new MailDeferred { MailId = id, OccurredAt = s_noon, Failure = TransportFailure.Throttled, SmtpCode = 451, EnhancedCode = "4.2.2", Diagnostic = "Later" },
            new MailDelivered { MailId = id, OccurredAt = s_noon },
            new MailFailed { MailId = id, OccurredAt = s_noon, Failure = TransportFailure.RecipientsRejected, ProviderCode = "550", EnhancedCode = "5.1.1", Diagnostic = "No", MayHaveBeenAccepted = true },
            new MailOpened { MailId = id, OccurredAt = s_noon, IsMachine = true },
            new MailResubscribed { MailId = id, OccurredAt = s_noon },
            new MailSuppressed { MailId = id, OccurredAt = s_noon, Reason = SuppressionReason.Manual },
            new MailUnknownEvent { MailId = id, OccurredAt = s_noon, Name = "inbox.placed" },
            new MailUnsubscribed { MailId = id, OccurredAt = s_noon },
        ];
        return new(events.Select(e => e with
        {
            StreamName = "receipts",
            TemplateName = "order",
            TransportName = "primary",
            ProviderMessageId = "p-1042",
            Recipient = new EmailAddress("ada@example.com", "Ada Łovelace"),
            OccurredAt = s_noon.ToOffset(TimeSpan.FromHours(2)),
            Attempt = 2,
            Tags = ["order", "größe"],
            Metadata = new Dictionary<string, string> { ["order"] = "1042", ["note"] = "😀" },
        }));
    }

    [Fact]
    public void Knows_every_kind_of_event() => EveryKind().Select(row => row.Data.GetType()).Should()
        .BeEquivalentTo(typeof(MailEvent).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(MailEvent))));

    [Theory]
    [MemberData(nameof(EveryKind), DisableDiscoveryEnumeration = true)]
    public async Task Gives_back_every_kind_of_event_as_it_was_put_in(MailEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        await Audit.AppendAsync([recorded], Ct);

        var read = (await ReadAsync(recorded.MailId)).Should().ContainSingle().Which;

        read.Should().BeOfType(recorded.GetType());
        read.Should().BeEquivalentTo(recorded, options => options.RespectingRuntimeTypes().ComparingByMembers<MailEvent>());
        read.Recipient!.DisplayName.Should().Be("Ada Łovelace");
    }

    [Fact]
    public async Task Gives_back_an_event_that_says_as_little_as_it_can()
    {
        var recorded = new MailDelivered { MailId = MailId.New(s_noon), OccurredAt = s_noon };
        await Audit.AppendAsync([recorded], Ct);

        (await ReadAsync(recorded.MailId)).Should().ContainSingle().Which.Should().BeEquivalentTo(recorded, options => options.RespectingRuntimeTypes().ComparingByMembers<MailEvent>());
    }

    [Fact]
    public async Task Reads_the_history_of_one_mail_in_the_order_of_recording()
    {
        var (ada, grace) = (MailId.New(s_noon), MailId.New(s_noon));
        MailEvent[] events = [Accepted(ada, s_noon.AddMinutes(2)), Accepted(grace, s_noon), Accepted(ada, s_noon.AddMinutes(1)), Accepted(ada, s_noon)];

        await Audit.AppendAsync(events[..2], Ct);
        await Audit.AppendAsync(events[2..], Ct);

        (await IdsAsync(ada)).Should().Equal(events[0].EventId, events[2].EventId, events[3].EventId);
        (await IdsAsync(grace)).Should().Equal(events[1].EventId);
        (await IdsAsync(MailId.New(s_noon))).Should().BeEmpty();
    }

    [Fact]
    public async Task Records_an_event_once_however_often_it_is_told()
    {
        var accepted = Accepted(MailId.New(s_noon), s_noon);
        var next = Accepted(accepted.MailId, s_noon);

        await Audit.AppendAsync([accepted, accepted], Ct);
        await Audit.AppendAsync([accepted with { Recipient = "other@example.com" }, next], Ct);

        var read = await ReadAsync(accepted.MailId);
        read.Select(e => e.EventId).Should().Equal(accepted.EventId, next.EventId);
        read[0].Recipient.Should().Be(accepted.Recipient);
    }

    [Fact]
    public async Task Takes_a_batch_of_many_mails()
    {
        var events = Enumerable.Range(0, 1_000).Select(_ => Accepted(MailId.New(s_noon), s_noon)).ToList();

        await Audit.AppendAsync(events, Ct);
        await Audit.AppendAsync([], Ct);

        (await IdsAsync(events[0].MailId)).Should().Equal(events[0].EventId);
        (await IdsAsync(events[^1].MailId)).Should().Equal(events[^1].EventId);
    }

    [Fact]
    public async Task Can_be_read_while_more_is_recorded()
    {
        var mail = MailId.New(s_noon);
        await Audit.AppendAsync([Accepted(mail, s_noon), Accepted(mail, s_noon)], Ct);

        var read = 0;
        await foreach (var _ in Audit.ReadAsync(mail, Ct))
        {
            if (read++ == 0) await Audit.AppendAsync([Accepted(mail, s_noon)], Ct);
        }

        read.Should().BeInRange(2, 3);
        (await IdsAsync(mail)).Should().HaveCount(3);
    }

    [Fact]
    public async Task Takes_part_in_cancellation()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var first = Accepted(MailId.New(s_noon), s_noon);
        await Audit.AppendAsync([first], Ct);

        var appending = async () => await Audit.AppendAsync([Accepted(first.MailId, s_noon)], cancelled.Token);
        var reading = async () => await Audit.ReadAsync(first.MailId, cancelled.Token).ToListAsync(Ct);

        await appending.Should().ThrowAsync<OperationCanceledException>();
        await reading.Should().ThrowAsync<OperationCanceledException>();
        (await IdsAsync(first.MailId)).Should().Equal(first.EventId);
    }

    private static MailAccepted Accepted(MailId mailId, DateTimeOffset at) => new()
    {
        MailId = mailId,
        StreamName = "default",
        TransportName = "primary",
        Recipient = "ada@example.com",
        OccurredAt = at,
        Attempt = 1,
    };

    private async Task<List<MailEvent>> ReadAsync(MailId mailId) => await Audit.ReadAsync(mailId, Ct).ToListAsync(Ct);

    private async Task<IEnumerable<Guid>> IdsAsync(MailId mailId) => (await ReadAsync(mailId)).Select(e => e.EventId);
}
