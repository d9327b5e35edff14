using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Testing;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Transports.Smtp;

/// <summary>What becomes of mail and connections when the application ends.</summary>
public class SmtpDrainTests
{
    [Fact]
    public async Task Idle_connections_are_closed_politely()
    {
        await using var relay = Relay.Start();
        await relay.SendAsync();

        await relay.StopApplicationAsync();

        relay.Server.Transcript.Commands[^1].Should().Be("QUIT");
    }

    [Fact]
    public async Task Mail_under_way_is_finished_and_mail_that_waits_is_not_begun()
    {
        var answer = new TaskCompletionSource();
        await using var relay = Relay.Start(new() { OnMessage = _ => new ValueTask(answer.Task) }, smtp => smtp.MaxConnections = 1);
        var atTheEnd = relay.NextAsync(SmtpStage.EndOfData);
        var underWay = relay.SendAsync();
        await atTheEnd;
        var waiting = relay.FailureAsync();

        var stopping = relay.StopApplicationAsync().AsTask();
        stopping.IsCompleted.Should().BeFalse();
        answer.SetResult();

        await stopping;
        (await underWay).Recipients.Should().OnlyContain(r => r.Status == RecipientStatus.Accepted);
        var failure = await waiting;
        failure.Failure.Should().Be(TransportFailure.Unavailable);
        failure.Message.Should().Contain("shutting down");
        relay.Server.MessageCount.Should().Be(1);
    }

    [Fact]
    public async Task A_relay_that_never_answers_cannot_hold_up_the_end()
    {
        var clock = Some.Clock();
        await using var relay = Relay.Start(time: clock);
        relay.Server.Reply(SmtpStage.EndOfData, SmtpReply.Silence);
        var atTheEnd = relay.NextAsync(SmtpStage.EndOfData);
        var underWay = relay.FailureAsync();
        await atTheEnd;

        var stopping = relay.StopApplicationAsync().AsTask();
        clock.Advance(SmtpConnectionPool.DrainTimeout);

        await stopping;
        (await underWay).MayHaveBeenAccepted.Should().BeTrue();
    }

    [Fact]
    public async Task A_container_can_be_disposed_without_waiting_asynchronously()
    {
        await using var server = LocalSmtpServer.Start();
        using (var services = Some.Services(mail => mail.AddTransport("smtp", server.Dsn)).BuildServiceProvider())
        {
            await services.GetRequiredService<ITransactionalMailer>().SendAsync(Some.Email(), TestContext.Current.CancellationToken);
        }

        server.Transcript.Commands[^1].Should().Be("QUIT");
    }

    [Fact]
    public async Task Mail_after_the_end_is_refused()
    {
        await using var server = LocalSmtpServer.Start();
        var options = new SmtpOptions { Host = server.Host, Port = server.Port, Security = SmtpSecurity.None };
        var pool = new SmtpConnectionPool(options, new SmtpFailures(options, "smtp"), TimeProvider.System);
        await pool.DisposeAsync();

        var leasing = () => pool.LeaseAsync(TestContext.Current.CancellationToken);

        (await leasing.Should().ThrowAsync<MailTransportException>()).Which.Message.Should().Contain("shutting down");
        server.ConnectionCount.Should().Be(0);
    }
}
