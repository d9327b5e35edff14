using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Delivery;

public class RetryTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tries_again_after_a_growing_wait_when_all_transports_fail_for_now()
    {
        using var lab = new DeliveryLab();
        lab.Primary.Fails(TransportFailure.Network, times: 2);
        lab.Backup.Fails(TransportFailure.Unavailable, times: 2);

        var receipt = await lab.SendAsync(Some.Email());

        receipt.Attempts.Should().Be(5);
        var times = lab.Primary.Attempts.ConvertAll(a => a.At);
        (times[1] - times[0]).Should().BePositive().And.BeLessThan(TimeSpan.FromSeconds(5));
        (times[2] - times[1]).Should().BePositive().And.BeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Sends_the_same_bytes_and_identity_on_every_attempt()
    {
        using var lab = new DeliveryLab();
        lab.Primary.Fails(TransportFailure.Network, times: 2);
        lab.Backup.Fails(TransportFailure.Network);

        await lab.SendAsync(Some.Email());

        var attempts = lab.Primary.Attempts.Concat(lab.Backup.Attempts).ToArray();
        attempts.Should().HaveCount(4);
        attempts.Select(a => a.MessageId).Distinct().Should().ContainSingle();
        attempts.Select(a => a.Hash).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task Retries_a_throttled_send_after_the_requested_delay()
    {
        using var lab = new DeliveryLab { Stream = s => s.Transports.Add("primary") };
        lab.Primary.Fails(TransportFailure.Throttled, TimeSpan.FromSeconds(20));

        await lab.SendAsync(Some.Email());

        var waited = lab.Primary.Attempts[1].At - lab.Primary.Attempts[0].At;
        waited.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(20)).And.BeLessThan(TimeSpan.FromSeconds(23));
    }

    [Fact]
    public async Task Fails_at_once_when_the_relay_asks_for_more_patience_than_a_sender_has()
    {
        using var lab = new DeliveryLab { Stream = s => s.Transports.Add("primary") };
        lab.Primary.Fails(TransportFailure.Throttled, TimeSpan.FromMinutes(5));

        var failure = await lab.FailAsync(Some.Email());

        failure.IsTransient.Should().BeTrue();
        failure.Failures.Should().ContainSingle().Which.RetryAfter.Should().Be(TimeSpan.FromMinutes(5));
        lab.Primary.Attempts.Should().ContainSingle();
    }

    [Fact]
    public async Task Does_not_retry_what_time_does_not_mend()
    {
        using var lab = new DeliveryLab();
        lab.Primary.Fails(TransportFailure.Authentication);
        lab.Backup.Fails(TransportFailure.SenderRejected);

        var failure = await lab.FailAsync(Some.Email());

        failure.Attempts.Should().Be(2);
        failure.IsTransient.Should().BeFalse();
    }

    [Fact]
    public async Task Retries_only_the_recipients_that_were_deferred_S05()
    {
        using var lab = new DeliveryLab { Stream = s => s.Transports.Add("primary") };
        lab.Primary.Answers(r => r.Address switch
        {
            "grace@example.com" => RecipientStatus.Deferred,
            "nobody@example.com" => RecipientStatus.Rejected,
            _ => RecipientStatus.Accepted,
        });

        var receipt = await lab.SendAsync(Some.Email("ada@example.com", "grace@example.com", "nobody@example.com"));

        lab.Primary.Attempts.Select(a => a.Recipients).Should().SatisfyRespectively(
            first => first.Should().Equal("ada@example.com", "grace@example.com", "nobody@example.com"),
            second => second.Should().Equal("grace@example.com"));
        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Accepted, RecipientStatus.Rejected);
        lab.Primary.Attempts.Select(a => a.Hash).Distinct().Should().ContainSingle("visible headers never depend on who is left to try");
    }

    [Fact]
    public async Task Offers_a_deferred_recipient_to_the_next_transport()
    {
        using var lab = new DeliveryLab();
        lab.Primary.Answers(r => r.Address == "grace@example.com" ? RecipientStatus.Deferred : RecipientStatus.Accepted);

        var receipt = await lab.SendAsync(Some.Email("ada@example.com", "grace@example.com"));

        receipt.Recipients.Select(r => r.TransportName).Should().Equal("primary", "backup");
        lab.Backup.Attempts.Should().ContainSingle().Which.Recipients.Should().Equal("grace@example.com");
    }

    [Fact]
    public async Task Returns_a_deferred_outcome_when_patience_ends_and_others_have_the_mail()
    {
        using var lab = new DeliveryLab { Stream = s => s.Transports.Add("primary") };
        for (var i = 0; i < 3; i++) lab.Primary.Answers(r => r.Address == "grace@example.com" ? RecipientStatus.Deferred : RecipientStatus.Accepted);

        var receipt = await lab.SendAsync(Some.Email("ada@example.com", "grace@example.com"));

        receipt.Attempts.Should().Be(3);
        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Deferred);
    }

    [Fact]
    public async Task Tries_a_mail_that_may_have_gone_out_on_the_same_transport_only()
    {
        using var lab = new DeliveryLab();
        lab.Primary.Fails(TransportFailure.Network, mayHaveBeenAccepted: true);

        var receipt = await lab.SendAsync(Some.Email());

        receipt.Recipients.Should().ContainSingle().Which.TransportName.Should().Be("primary");
        lab.Primary.Attempts.Should().HaveCount(2);
        lab.Primary.Attempts.Select(a => a.MessageId).Distinct().Should().ContainSingle();
        lab.Backup.Attempts.Should().BeEmpty();
    }

    [Fact]
    public async Task A_mail_that_may_have_gone_out_stays_in_doubt_whatever_fails_later()
    {
        using var lab = new DeliveryLab();
        lab.Primary.Fails(TransportFailure.Timeout, mayHaveBeenAccepted: true).Fails(TransportFailure.Network).Fails(TransportFailure.Authentication);

        var failure = await lab.FailAsync(Some.Email());

        failure.MayHaveBeenAccepted.Should().BeTrue();
        failure.Attempts.Should().Be(3);
        lab.Backup.Attempts.Should().BeEmpty();
    }

    [Fact]
    public async Task Does_not_ask_again_where_the_only_transport_that_may_be_asked_can_never_carry_the_mail()
    {
        using var lab = new DeliveryLab();
        lab.Primary.Fails(TransportFailure.Timeout, mayHaveBeenAccepted: true).Fails(TransportFailure.MessageTooLarge, times: 10);

        var failure = await lab.FailAsync(Some.Email());

        failure.Recipients.Should().OnlyContain(r => r.Status == RecipientStatus.Unknown);
        lab.Primary.Attempts.Should().HaveCount(2);
        lab.Backup.Attempts.Should().BeEmpty();
    }

    [Fact]
    public async Task Stops_at_a_mail_that_may_have_gone_out_where_the_stream_says_so_S11()
    {
        using var lab = new DeliveryLab { Stream = s => s.WhenInDoubt = InDoubtPolicy.Stop };
        lab.Primary.Fails(TransportFailure.Network, mayHaveBeenAccepted: true);

        var failure = await lab.FailAsync(Some.Email());

        failure.Recipients.Should().OnlyContain(r => r.Status == RecipientStatus.Unknown);
        lab.Primary.Attempts.Should().ContainSingle();
        lab.Backup.Attempts.Should().BeEmpty();
    }

    [Fact]
    public async Task Does_not_send_a_mail_that_became_worthless_while_it_waited()
    {
        using var lab = new DeliveryLab { Stream = s => s.Transports.Add("primary") };
        lab.Primary.Fails(TransportFailure.Throttled, TimeSpan.FromSeconds(20));

        var failure = await lab.FailAsync(Some.Email() with { NotAfter = lab.Clock.GetUtcNow().AddSeconds(10) });

        failure.Message.Should().Contain("NotAfter");
        lab.Primary.Attempts.Should().ContainSingle();
    }

    [Fact]
    public async Task A_caller_who_gives_up_between_attempts_cancels_a_mail_that_nobody_has_S29()
    {
        using var lab = new DeliveryLab { Stream = s => s.Transports.Add("primary") };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(s_ct);
        lab.Primary.Does((_, _) =>
        {
            patience.Cancel();
            throw new MailTransportException(TransportFailure.Network, "primary", "Scripted.");
        });

        var sending = () => lab.SendAsync(Some.Email(), patience);

        await sending.Should().ThrowAsync<OperationCanceledException>();
        lab.Primary.Attempts.Should().ContainSingle();
    }

    [Fact]
    public async Task A_caller_who_gives_up_still_learns_who_has_the_mail_S29()
    {
        using var lab = new DeliveryLab { Stream = s => s.Transports.Add("primary") };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(s_ct);
        lab.Primary.Does((mail, _) =>
        {
            patience.Cancel();
            return Task.FromResult(new TransportReceipt(
                [new(mail.Envelope.Recipients[0], RecipientStatus.Accepted, "primary", null, null), new(mail.Envelope.Recipients[1], RecipientStatus.Deferred, "primary", null, null)], mail.MessageId));
        });

        var receipt = await lab.SendAsync(Some.Email("ada@example.com", "grace@example.com"), patience);

        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Deferred);
    }

    [Fact]
    public async Task An_unforeseen_error_does_not_hide_who_has_the_mail()
    {
        using var lab = new DeliveryLab { Stream = s => s.Transports.Add("primary") };
        lab.Primary.Answers(r => r.Address == "grace@example.com" ? RecipientStatus.Deferred : RecipientStatus.Accepted)
            .Does((_, _) => throw new NotSupportedException("unforeseen"));

        var receipt = await lab.SendAsync(Some.Email("ada@example.com", "grace@example.com"));

        receipt.Recipients.Select(r => r.Status).Should().Equal(RecipientStatus.Accepted, RecipientStatus.Deferred);
        lab.Logs.GetSnapshot().Should().Contain(l => l.Id.Id == 114);
    }

    [Fact]
    public async Task A_recipient_a_transport_forgot_is_in_doubt_not_lost()
    {
        using var lab = new DeliveryLab { Stream = s => s.WhenInDoubt = InDoubtPolicy.Stop };
        lab.Primary.Does((mail, _) => Task.FromResult(new TransportReceipt([], mail.MessageId)));

        var failure = await lab.FailAsync(Some.Email());

        failure.MayHaveBeenAccepted.Should().BeTrue();
        lab.Backup.Attempts.Should().BeEmpty();
    }
}
