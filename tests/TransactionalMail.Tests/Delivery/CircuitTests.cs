using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Delivery;

public class CircuitTests
{
    private static void OneTry(MailStreamOptions stream) => stream.Retry.MaxAttempts = 1;

    [Fact]
    public async Task Leaves_a_failing_transport_alone_then_lets_one_mail_try_it_Q03()
    {
        using var lab = new DeliveryLab { Stream = OneTry };
        lab.Primary.Fails(TransportFailure.Network, times: 5);
        for (var i = 0; i < 7; i++) await lab.SendAsync(Some.Email());
        lab.Primary.Attempts.Should().HaveCount(5);

        lab.Clock.Advance(TimeSpan.FromSeconds(30));
        var released = new TaskCompletionSource();
        lab.Primary.Does(async (mail, _) =>
        {
            await released.Task;
            return TransportReceipt.Accepted(mail, "primary");
        });
        var probe = lab.Mailer.SendAsync(Some.Email(), TestContext.Current.CancellationToken);
        var meanwhile = await lab.SendAsync(Some.Email());
        released.SetResult();

        meanwhile.Recipients[0].TransportName.Should().Be("backup");
        (await probe).Recipients[0].TransportName.Should().Be("primary");
        (await lab.SendAsync(Some.Email())).Recipients[0].TransportName.Should().Be("primary");
    }

    [Fact]
    public async Task Waits_twice_as_long_each_time_the_transport_still_fails_up_to_the_limit()
    {
        using var lab = new DeliveryLab { Stream = OneTry, Limits = l => (l.CoolDown, l.MaxCoolDown) = (TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2)) };
        lab.Primary.Fails(TransportFailure.Network, times: 100);

        for (var elapsed = TimeSpan.Zero; elapsed < TimeSpan.FromMinutes(10); elapsed += TimeSpan.FromSeconds(5))
        {
            await lab.SendAsync(Some.Email());
            lab.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        var start = lab.Primary.Attempts[4].At;
        lab.Primary.Attempts.Skip(5).Select(a => (a.At - start).TotalSeconds).Should().Equal(30, 90, 210, 330, 450, 570);
    }

    [Theory]
    [InlineData(TransportFailure.Authentication)]
    [InlineData(TransportFailure.QuotaExceeded)]
    [InlineData(TransportFailure.Tls)]
    public async Task Leaves_a_transport_alone_at_once_when_it_cannot_work_as_configured_S19(TransportFailure failure)
    {
        using var lab = new DeliveryLab();
        lab.Primary.Fails(failure, times: 10);

        for (var i = 0; i < 20; i++) await lab.SendAsync(Some.Email());

        lab.Primary.Attempts.Should().ContainSingle();
    }

    [Theory]
    [InlineData(TransportFailure.MessageRejected)]
    [InlineData(TransportFailure.RecipientsRejected)]
    [InlineData(TransportFailure.MessageTooLarge)]
    [InlineData(TransportFailure.UnsupportedFeature)]
    public async Task A_refused_message_says_nothing_against_the_transport(TransportFailure failure)
    {
        using var lab = new DeliveryLab { Stream = s => s.Transports.Add("primary") };
        lab.Primary.Fails(failure, times: 20);

        for (var i = 0; i < 20; i++) await lab.FailAsync(Some.Email());

        (await lab.SendAsync(Some.Email())).Attempts.Should().Be(1);
    }

    [Fact]
    public async Task One_refused_sender_among_mail_that_goes_through_does_not_close_the_transport()
    {
        using var lab = new DeliveryLab();
        for (var i = 0; i < 10; i++) lab.Primary.Fails(TransportFailure.SenderRejected).Answers(_ => RecipientStatus.Accepted);

        for (var i = 0; i < 20; i++) await lab.SendAsync(Some.Email());

        lab.Primary.Attempts.Should().HaveCount(20);
    }

    [Fact]
    public async Task Leaves_a_transport_alone_for_as_long_as_it_asks()
    {
        using var lab = new DeliveryLab { Stream = OneTry };
        lab.Primary.Fails(TransportFailure.Throttled, TimeSpan.FromSeconds(90));

        await lab.SendAsync(Some.Email());
        lab.Clock.Advance(TimeSpan.FromSeconds(89));
        (await lab.SendAsync(Some.Email())).Recipients[0].TransportName.Should().Be("backup");
        lab.Clock.Advance(TimeSpan.FromSeconds(1));
        (await lab.SendAsync(Some.Email())).Recipients[0].TransportName.Should().Be("primary");
    }

    [Fact]
    public async Task Says_how_long_it_leaves_the_last_transport_alone()
    {
        using var lab = new DeliveryLab { Stream = s => { OneTry(s); s.Transports.Add("primary"); } };
        lab.Primary.Fails(TransportFailure.Authentication);
        await lab.FailAsync(Some.Email());

        var failure = await lab.FailAsync(Some.Email());

        failure.Attempts.Should().Be(0);
        failure.IsTransient.Should().BeTrue();
        failure.Message.Should().Contain("\"primary\"").And.Contain("30 more seconds");
    }
}
