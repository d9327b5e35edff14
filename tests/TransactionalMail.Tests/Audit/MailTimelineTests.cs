using TransactionalMail.Audit;
using TransactionalMail.Tests.Events;

namespace TransactionalMail.Tests.Audit;

public class MailTimelineTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;
    private static readonly MailId s_id = MailId.New(SomeEvent.Noon);

    [Fact]
    public void Tells_how_far_a_mail_came()
    {
        var timeline = MailTimeline.Of(s_id,
        [
            At<MailClicked>(9),
            At<MailOpened>(5, e => e with { IsMachine = true }),
            At<MailOpened>(8),
            At<MailDelivered>(4),
            At<MailDeferred>(3),
            At<MailAccepted>(2, e => e with { Attempt = 2 }),
            At<MailDeferred>(1, e => e with { Attempt = 1 }),
        ]);

        timeline.Events.Select(e => e.OccurredAt.Minute).Should().Equal(1, 2, 3, 4, 5, 8, 9);
        var ada = timeline.Recipients.Should().ContainSingle().Subject;
        (ada.Recipient!.Address, ada.State, ada.Since, ada.OpenedAt, ada.ClickedAt, ada.ComplainedAt).Should().Be(("ada@example.com", DeliveryState.Delivered, Minute(4), Minute(8), Minute(9), null));
    }

    public static TheoryData<DeliveryState, MailEvent[]> States => new()
    {
        { DeliveryState.Deferred, [At<MailDeferred>(1, e => e with { Attempt = 1 })] },
        { DeliveryState.Accepted, [At<MailDeferred>(1, e => e with { Attempt = 1 }), At<MailAccepted>(2)] },
        { DeliveryState.Accepted, [At<MailFailed>(1), At<MailAccepted>(2)] },
        { DeliveryState.Delayed, [At<MailAccepted>(1), At<MailDeferred>(2)] },
        { DeliveryState.Delivered, [At<MailDelivered>(1), At<MailDeferred>(2), At<MailAccepted>(3)] },
        { DeliveryState.Delivered, [At<MailOpened>(1)] },
        { DeliveryState.Delivered, [At<MailComplained>(1)] },
        { DeliveryState.Bounced, [At<MailDelivered>(1), SomeEvent.HardBounce("ada@example.com") with { MailId = s_id }] },
        { DeliveryState.Suppressed, [At<MailSuppressed>(1)] },
        { DeliveryState.Failed, [At<MailFailed>(1)] },
        { DeliveryState.Unknown, [At<MailUnknownEvent>(1)] },
    };

    [Theory]
    [MemberData(nameof(States), DisableDiscoveryEnumeration = true)]
    public void The_state_is_what_the_events_prove(DeliveryState expected, MailEvent[] events) =>
        MailTimeline.Of(s_id, events).Recipients.Should().ContainSingle().Which.State.Should().Be(expected);

    [Fact]
    public void No_order_of_arrival_takes_a_state_back_W07()
    {
        var random = new Random(7);
        for (var round = 0; round < 2_000; round++)
        {
            var events = Enumerable.Range(0, random.Next(1, 12)).Select(_ => AnyEvent(random)).ToArray();
            var final = MailTimeline.Of(s_id, events);
            random.Shuffle(events);

            var before = new Dictionary<string, DeliveryState>();
            for (var told = 1; told <= events.Length; told++)
            {
                foreach (var recipient in MailTimeline.Of(s_id, [.. events[..told], .. events[..random.Next(told)]]).Recipients)
                {
                    var name = recipient.Recipient!.Address;
                    ((int)recipient.State).Should().BeGreaterThanOrEqualTo((int)before.GetValueOrDefault(name));
                    before[name] = recipient.State;
                }
            }

            MailTimeline.Of(s_id, events).Should().BeEquivalentTo(final, o => o.WithStrictOrderingFor(t => t.Events));
        }
    }

    [Fact]
    public void Keeps_recipients_apart_and_other_mails_out()
    {
        var timeline = MailTimeline.Of(s_id,
        [
            At<MailDelivered>(1),
            At<MailDelivered>(2, e => e with { Recipient = "ADA@example.com" }),
            SomeEvent.HardBounce("grace@example.com") with { MailId = s_id },
            SomeEvent.HardBounce("ada@example.com"),
        ]);

        timeline.Recipients.Select(r => (r.Recipient!.Address, r.State)).Should().BeEquivalentTo([("ada@example.com", DeliveryState.Delivered), ("grace@example.com", DeliveryState.Bounced)]);
    }

    [Fact]
    public void An_event_that_names_nobody_is_about_the_only_recipient()
    {
        var unnamed = At<MailOpened>(2, e => e with { Recipient = null });

        MailTimeline.Of(s_id, [At<MailAccepted>(1), unnamed]).Recipients.Should().ContainSingle().Which.State.Should().Be(DeliveryState.Delivered);
        MailTimeline.Of(s_id, [At<MailAccepted>(1), At<MailAccepted>(1, e => e with { Recipient = "grace@example.com" }), unnamed]).Recipients.Select(r => r.State)
            .Should().BeEquivalentTo([DeliveryState.Accepted, DeliveryState.Accepted, DeliveryState.Delivered]);
    }

    [Fact]
    public void A_resubscription_takes_an_unsubscription_back()
    {
        MailEvent[] events = [At<MailUnsubscribed>(2), At<MailResubscribed>(3)];

        MailTimeline.Of(s_id, events[..1]).Recipients[0].UnsubscribedAt.Should().Be(Minute(2));
        MailTimeline.Of(s_id, events).Recipients[0].UnsubscribedAt.Should().BeNull();
    }

    [Fact]
    public async Task Is_read_from_the_audit()
    {
        var audit = new InMemoryMailAudit();
        await audit.AppendAsync([At<MailAccepted>(1), SomeEvent.Accepted()], s_ct);

        var timeline = await MailTimeline.ReadAsync(audit, s_id, s_ct);

        timeline.Events.Should().ContainSingle();
        $"{timeline} {timeline.Recipients[0]}".Should().Contain("Accepted").And.NotContain("ada");
        (await MailTimeline.ReadAsync(audit, MailId.New(SomeEvent.Noon), s_ct)).Recipients.Should().BeEmpty();
    }

    private static MailEvent AnyEvent(Random random)
    {
        EmailAddress recipient = random.Next(2) == 0 ? "ada@example.com" : "grace@example.com";
        var minute = random.Next(60);
        MailEvent any = random.Next(9) switch
        {
            0 => At<MailAccepted>(minute),
            1 => At<MailDeferred>(minute, e => e with { Attempt = random.Next(3) }),
            2 => At<MailDelivered>(minute),
            3 => At<MailOpened>(minute),
            4 => At<MailComplained>(minute),
            5 => At<MailFailed>(minute),
            6 => At<MailSuppressed>(minute),
            7 => At<MailUnsubscribed>(minute),
            _ => SomeEvent.HardBounce(null) with { MailId = s_id, OccurredAt = Minute(minute) },
        };
        return any with { Recipient = recipient };
    }

    private static DateTimeOffset Minute(int minute) => SomeEvent.Noon.AddMinutes(minute);

    private static TEvent At<TEvent>(int minute, Func<TEvent, TEvent>? change = null)
        where TEvent : MailEvent
    {
        MailEvent made = typeof(TEvent).Name switch
        {
            nameof(MailAccepted) => new MailAccepted { MailId = s_id, OccurredAt = Minute(minute) },
            nameof(MailDeferred) => new MailDeferred { MailId = s_id, OccurredAt = Minute(minute) },
            nameof(MailDelivered) => new MailDelivered { MailId = s_id, OccurredAt = Minute(minute) },
            nameof(MailOpened) => new MailOpened { MailId = s_id, OccurredAt = Minute(minute) },
            nameof(MailClicked) => new MailClicked { MailId = s_id, OccurredAt = Minute(minute), Url = "https://acme.example/" },
            nameof(MailComplained) => new MailComplained { MailId = s_id, OccurredAt = Minute(minute) },
            nameof(MailUnsubscribed) => new MailUnsubscribed { MailId = s_id, OccurredAt = Minute(minute) },
            nameof(MailResubscribed) => new MailResubscribed { MailId = s_id, OccurredAt = Minute(minute) },
            nameof(MailSuppressed) => new MailSuppressed { MailId = s_id, OccurredAt = Minute(minute) },
            nameof(MailFailed) => new MailFailed { MailId = s_id, OccurredAt = Minute(minute) },
            _ => new MailUnknownEvent { MailId = s_id, OccurredAt = Minute(minute), Name = "scheduled" },
        };
        var named = (TEvent)(made with { Recipient = "ada@example.com" });
        return change is null ? named : change(named);
    }
}
