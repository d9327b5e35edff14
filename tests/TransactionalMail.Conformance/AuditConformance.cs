using TransactionalMail.Audit;

namespace TransactionalMail.Conformance;

/// <summary>What every <see cref="IMailAudit"/> does. Inherit it, and make an empty audit of that kind.</summary>
public abstract class AuditConformance : PortConformance<IMailAudit>
{
    private static readonly DateTimeOffset s_noon = new(2026, 11, 24, 12, 0, 0, 123, TimeSpan.Zero);

    /// <summary>Makes an empty audit, or returns the one of this test.</summary>
    protected abstract IMailAudit Audit { get; }

    /// <summary>Gets what people ask the same audit with.</summary>
    protected virtual IAuditAdmin Admin => (IAuditAdmin)Audit;

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

        (await Audit.AppendAsync([accepted, accepted], Ct)).Should().Equal(accepted);
        (await Audit.AppendAsync([accepted with { Recipient = "other@example.com" }, next], Ct)).Should().Equal([next], "only that is new");

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

    [Fact]
    public async Task Finds_by_mail_recipient_tag_template_and_time()
    {
        var (ada, grace) = (MailId.New(s_noon), MailId.New(s_noon));
        MailEvent[] events =
        [
            Accepted(ada, s_noon) with { Tags = ["order", "größe"], TemplateName = "order" },
            Accepted(grace, s_noon.AddMinutes(1)) with { Recipient = "grace@example.com", Tags = ["orders"], TemplateName = "Order" },
            new MailOpened { MailId = ada, OccurredAt = s_noon.AddMinutes(2) },
        ];
        await Audit.AppendAsync(events, Ct);

        (await FindAsync(new())).Should().Equal(0, 1, 2);
        (await FindAsync(new() { MailId = ada })).Should().Equal(0, 2);
        (await FindAsync(new() { Recipient = "Ada <ada@EXAMPLE.com>" })).Should().Equal(0);
        (await FindAsync(new() { Tag = "order" })).Should().Equal(0);
        (await FindAsync(new() { Tag = "größe" })).Should().Equal(0);
        (await FindAsync(new() { TemplateName = "Order" })).Should().Equal(1);
        (await FindAsync(new() { Since = s_noon.AddMinutes(1) })).Should().Equal(1, 2);
        (await FindAsync(new() { Before = s_noon.AddMinutes(1) })).Should().Equal(0);
        (await FindAsync(new() { MailId = ada, Since = s_noon.AddMinutes(1), Before = s_noon.AddMinutes(2) })).Should().BeEmpty();

        async Task<IEnumerable<int>> FindAsync(AuditFilter filter) =>
            (await Admin.FindAsync(filter, Ct).ToListAsync(Ct)).Select(record => Array.FindIndex(events, e => e.EventId == record.Event.EventId));
    }

    [Fact]
    public async Task Is_intact_after_every_kind_of_event_and_numbers_without_gaps()
    {
        (await Admin.VerifyAsync(cancellationToken: Ct)).Should().BeEquivalentTo(new AuditVerification(AuditSeal.Empty, []));
        await Audit.AppendAsync([.. EveryKind().Select(row => row.Data with { EventId = Guid.CreateVersion7() })], Ct);
        var early = (await Admin.VerifyAsync(cancellationToken: Ct)).Seal;
        await Audit.AppendAsync([Accepted(MailId.New(s_noon), s_noon)], Ct);

        var found = await Admin.VerifyAsync(early, Ct);

        found.Faults.Should().BeEmpty();
        found.Seal.Number.Should().Be(early.Number + 1);
        (await Admin.FindAsync(new(), Ct).ToListAsync(Ct)).Select(record => record.Number).Should().Equal(Enumerable.Range(1, (int)found.Seal.Number).Select(n => (long)n));
    }

    [Theory]
    [InlineData(0, "not the one the seal was written down for")]
    [InlineData(1, "missing")]
    public async Task Says_where_it_is_not_what_was_written_down_P03(int later, string problem)
    {
        await Audit.AppendAsync([Accepted(MailId.New(s_noon), s_noon)], Ct);
        var seal = (await Admin.VerifyAsync(cancellationToken: Ct)).Seal;

        var found = await Admin.VerifyAsync(new AuditSeal(seal.Number + later, new string('a', 64)), Ct);

        found.Faults.Should().ContainSingle().Which.Problem.Should().Contain(problem);
    }

    [Fact]
    public async Task Erases_a_person_and_stays_intact_P03()
    {
        var (ada, grace) = (MailId.New(s_noon), MailId.New(s_noon));
        await Audit.AppendAsync([.. EveryKind().Select(row => row.Data with { EventId = Guid.CreateVersion7(), MailId = ada })], Ct);
        await Audit.AppendAsync([new MailOpened { MailId = ada, OccurredAt = s_noon, Metadata = new Dictionary<string, string> { ["name"] = "Ada" } }, Accepted(grace, s_noon) with { Recipient = "grace@example.com" }], Ct);
        var seal = (await Admin.VerifyAsync(cancellationToken: Ct)).Seal;

        (await Admin.EraseAsync("ADA@EXAMPLE.COM".ToLowerInvariant(), Ct)).Should().Be(EveryKind().Count + 1);
        (await Admin.EraseAsync("ada@example.com", Ct)).Should().Be(0, "it is done");

        var found = await Admin.VerifyAsync(seal, Ct);
        found.Faults.Should().BeEmpty();
        found.Seal.Should().Be(seal);
        var records = await Admin.FindAsync(new() { MailId = ada }, Ct).ToListAsync(Ct);
        records.Should().HaveCount(EveryKind().Count + 1).And.OnlyContain(r => r.IsErased && r.Event.Recipient == null && r.Event.Metadata.Count == 0);
        string.Concat(records.Select(r => System.Text.Json.JsonSerializer.Serialize<object>(r.Event))).Should().NotContainAny("ada@", "Łovelace", "confirm?t=1", "Kein Postfach", "😀");
        (await Admin.FindAsync(new() { Recipient = "grace@example.com" }, Ct).ToListAsync(Ct)).Should().ContainSingle().Which.IsErased.Should().BeFalse();
    }

    [Fact]
    public async Task A_person_is_one_in_whatever_case_and_nobody_else_P03()
    {
        var (ada, grace) = (MailId.New(s_noon), MailId.New(s_noon));
        MailEvent strangers = new MailOpened { MailId = default, OccurredAt = s_noon, Metadata = new Dictionary<string, string> { ["name"] = "Grace" } };
        await Audit.AppendAsync(
            [
                Accepted(ada, s_noon) with { Recipient = "Ada.Lovelace@example.com" },
                new MailComplained { MailId = ada, Recipient = "ada.lovelace@example.com", OccurredAt = s_noon },
                new MailDelivered { MailId = ada, Recipient = "grace@example.com", OccurredAt = s_noon },
                new MailUnsubscribed { MailId = default, Recipient = "ada.lovelace@example.com", OccurredAt = s_noon },
                strangers,
                Accepted(grace, s_noon) with { Recipient = "grace@example.com" },
            ],
            Ct);

        (await Admin.FindAsync(new() { Recipient = "ada.lovelace@EXAMPLE.com" }, Ct).CountAsync(Ct)).Should().Be(3);
        (await Admin.FindAsync(new() { Recipient = "Ada.Lovelace@example.com" }, Ct).CountAsync(Ct)).Should().Be(3);
        (await Admin.EraseAsync("Ada.Lovelace@example.com", Ct)).Should().Be(3);

        var left = await Admin.FindAsync(new(), Ct).Where(static r => !r.IsErased).ToListAsync(Ct);
        left.Should().HaveCount(3).And.Contain(r => r.Event.EventId == strangers.EventId && r.Event.Metadata.Count == 1);
        (await Admin.VerifyAsync(cancellationToken: Ct)).Faults.Should().BeEmpty();
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
