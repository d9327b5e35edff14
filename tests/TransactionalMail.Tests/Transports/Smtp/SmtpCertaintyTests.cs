using TransactionalMail.Testing;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Transports.Smtp;

/// <summary>Whether a mail may have gone out, when nobody said so.</summary>
public class SmtpCertaintyTests
{
    private static readonly EmailMessage s_large = Some.Email() with { Attachments = [new("big.bin", new byte[16 << 20])] };

    public static TheoryData<SmtpReply> Endings => [SmtpReply.Close, SmtpReply.Reset, SmtpReply.Raw("25"u8.ToArray()).ThenClose()];

    public static TheoryData<SmtpReply> EarlyEndings => [SmtpReply.Close, SmtpReply.Reset, SmtpReply.FromString("354 Go ahead").ThenReset(afterBytes: 10_000)];

    [Theory]
    [MemberData(nameof(Endings), DisableDiscoveryEnumeration = true)]
    public async Task A_lost_answer_leaves_the_mail_in_doubt_S11(SmtpReply ending)
    {
        await using var relay = Relay.Start();
        relay.Server.Reply(SmtpStage.EndOfData, ending);

        var failure = await relay.DeliveryFailureAsync();

        failure.MayHaveBeenAccepted.Should().BeTrue();
        failure.Recipients.Should().OnlyContain(r => r.Status == RecipientStatus.Unknown);
        relay.Server.ConnectionCount.Should().Be(1);
    }

    [Theory]
    [InlineData("354 Go on")]
    [InlineData("150 Patience")]
    public async Task An_answer_that_is_neither_yes_nor_no_leaves_the_mail_in_doubt_S11(string reply)
    {
        await using var relay = Relay.Start();
        relay.Server.Reply(SmtpStage.EndOfData, reply);

        (await relay.DeliveryFailureAsync()).MayHaveBeenAccepted.Should().BeTrue();
    }

    [Fact]
    public async Task A_lost_answer_on_a_reused_connection_is_in_doubt_too_and_never_replayed_S11()
    {
        await using var relay = Relay.Start();
        await relay.SendAsync();
        relay.Server.ReplyOnce(SmtpStage.EndOfData, SmtpReply.Close);

        (await relay.DeliveryFailureAsync()).MayHaveBeenAccepted.Should().BeTrue();

        relay.Count("DATA").Should().Be(2);
        relay.Server.ConnectionCount.Should().Be(1);
    }

    [Theory]
    [MemberData(nameof(EarlyEndings), DisableDiscoveryEnumeration = true)]
    public async Task A_connection_that_breaks_before_the_end_leaves_no_doubt_S12(SmtpReply ending)
    {
        await using var relay = Relay.Start();
        relay.Server.Reply(SmtpStage.Data, ending);

        var failure = await relay.FailureAsync(s_large);

        failure.Failure.Should().Be(TransportFailure.Network);
        failure.MayHaveBeenAccepted.Should().BeFalse();
    }

    [Fact]
    public async Task A_lost_connection_repeats_nothing_of_what_the_relay_said_S12()
    {
        await using var relay = Relay.Start();
        relay.Server.Reply(SmtpStage.RcptTo, "250 2.1.5 <ada@example.com> is welcome");
        relay.Server.Reply(SmtpStage.Data, SmtpReply.Close);

        (await relay.DeliveryFailureAsync()).ToString().Should().NotContain("ada@example.com");
    }

    [Fact]
    public async Task Its_own_deadline_ends_a_silent_relay_S13()
    {
        await using var relay = Relay.Start(smtp: smtp => smtp.SendTimeout = TimeSpan.FromMilliseconds(300));
        relay.Server.Reply(SmtpStage.EndOfData, SmtpReply.Silence);

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Timeout);
        failure.MayHaveBeenAccepted.Should().BeTrue();
    }

    [Fact]
    public void It_waits_ten_minutes_for_the_last_answer_S13() => new SmtpOptions().SendTimeout.Should().Be(TimeSpan.FromMinutes(10));

    [Theory]
    [InlineData(SmtpStage.Connect, false)]
    [InlineData(SmtpStage.Ehlo, false)]
    [InlineData(SmtpStage.MailFrom, false)]
    [InlineData(SmtpStage.Data, false)]
    [InlineData(SmtpStage.EndOfData, true)]
    public async Task Its_own_deadline_ends_a_relay_that_speaks_letter_by_letter_S14(SmtpStage stage, bool inDoubt)
    {
        await using var relay = Relay.Start(smtp: smtp => smtp.ConnectTimeout = smtp.SendTimeout = TimeSpan.FromMilliseconds(400));
        relay.Server.Reply(stage, SmtpReply.FromString("250 slowly, slowly").Trickled(1, TimeSpan.FromMilliseconds(100)));

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Timeout);
        failure.MayHaveBeenAccepted.Should().Be(inDoubt);
    }

    [Theory]
    [InlineData(SmtpStage.Connect, "220-again", false)]
    [InlineData(SmtpStage.Ehlo, "250-AGAIN", false)]
    [InlineData(SmtpStage.MailFrom, "250-again", false)]
    [InlineData(SmtpStage.RcptTo, "550-again", false)]
    [InlineData(SmtpStage.Data, "354-again", false)]
    [InlineData(SmtpStage.EndOfData, "250-again", true)]
    public async Task A_reply_without_end_is_cut_off_S15(SmtpStage stage, string line, bool inDoubt)
    {
        await using var relay = Relay.Start();
        relay.Server.ReplyOnce(stage, SmtpReply.FromString(line).Repeated(int.MaxValue));

        var failure = await relay.FailureAsync();

        failure.IsTransient.Should().BeTrue();
        failure.MayHaveBeenAccepted.Should().Be(inDoubt);
        await relay.SendAsync();
        relay.Server.ConnectionCount.Should().Be(2, "the first connection was closed");
    }

    [Fact]
    public async Task A_single_line_of_20_MB_is_cut_off_S15()
    {
        await using var relay = Relay.Start();
        relay.Server.Reply(SmtpStage.MailFrom, SmtpReply.FromString("250 " + new string('x', 20_000_000)));

        (await relay.FailureAsync()).Failure.Should().Be(TransportFailure.Network);

        relay.Server.Transcript.Commands.Should().NotContain("DATA");
    }

    [Fact]
    public async Task Many_replies_at_once_are_not_one_long_reply_S15()
    {
        await using var relay = Relay.Start(smtp: smtp => smtp.MaxRecipientsPerTransaction = 1000);
        var text = new string('x', 400);
        relay.Server.On(SmtpStage.RcptTo, _ => $"250 2.1.5 {text}");
        var recipients = Enumerable.Range(0, 300).Select(i => new EmailAddress($"user{i}@example.com")).ToArray();

        (await relay.SendAsync(Some.Email(recipients))).Recipients.Should().HaveCount(300).And.OnlyContain(r => r.Status == RecipientStatus.Accepted);
    }

    [Theory]
    [InlineData(SmtpStage.Connect)]
    [InlineData(SmtpStage.Ehlo)]
    [InlineData(SmtpStage.StartTls)]
    [InlineData(SmtpStage.Auth)]
    [InlineData(SmtpStage.MailFrom)]
    [InlineData(SmtpStage.RcptTo)]
    [InlineData(SmtpStage.Data)]
    public async Task Cancelling_before_the_content_is_out_sends_nothing_S29(SmtpStage stage)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var relay = Relay.StartSecure(new() { Security = SmtpServerSecurity.StartTls, UserName = "acme", Password = "s3cr3t" });
        relay.Server.On(stage, _ =>
        {
            if (cancellation.IsCancellationRequested) return null;
            cancellation.Cancel();
            return SmtpReply.Silence;
        });

        await relay.CancelledAsync(cancellation.Token);

        relay.Server.MessageCount.Should().Be(0);
        await relay.SendAsync();
        relay.Server.MessageCount.Should().Be(1, "the pool has its place back");
    }

    [Fact]
    public async Task Cancelling_amid_the_content_sends_nothing_S29()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var relay = Relay.Start();
        relay.Server.ReplyOnce(SmtpStage.Data, SmtpReply.FromString("354 Go ahead").ThenStall());
        var sending = relay.SendAsync(s_large, cancellation.Token);
        cancellation.CancelAfter(TimeSpan.FromMilliseconds(300)); // the relay reads nothing, so the content is stuck half-way by then

        var waiting = () => sending;

        await waiting.Should().ThrowAsync<OperationCanceledException>();
        relay.Server.MessageCount.Should().Be(0);
    }

    [Fact]
    public async Task Cancelling_after_the_content_is_out_is_in_doubt_S29()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var relay = Relay.Start();
        relay.Server.On(SmtpStage.EndOfData, _ =>
        {
            cancellation.Cancel();
            return SmtpReply.Silence;
        });

        (await relay.DeliveryFailureAsync(cancellationToken: cancellation.Token)).MayHaveBeenAccepted.Should().BeTrue();
    }

    [Fact]
    public async Task Cancelling_after_the_answer_changes_nothing_S29()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var relay = Relay.Start();

        var receipt = await relay.SendAsync(cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();
        await relay.SendAsync();

        receipt.Recipients.Should().OnlyContain(r => r.Status == RecipientStatus.Accepted);
        relay.Server.ConnectionCount.Should().Be(1);
    }
}
