using System.Collections.Concurrent;
using TransactionalMail.Testing;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Transports.Smtp;

/// <summary>Connections that are kept, shared out and given up.</summary>
public class SmtpPoolTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mail_after_mail_goes_over_one_connection()
    {
        await using var relay = Relay.Start();

        for (var i = 0; i < 5; i++) await relay.SendAsync();

        relay.Server.ConnectionCount.Should().Be(1);
        relay.Count("EHLO").Should().Be(1);
        relay.Count("NOOP").Should().Be(0, "the connection is looked at, not asked");
        relay.Count("RSET").Should().Be(0);
    }

    [Fact]
    public async Task A_connection_ends_after_so_many_mails()
    {
        await using var relay = Relay.Start(smtp: smtp => smtp.MaxMessagesPerConnection = 3);

        for (var i = 0; i < 7; i++) await relay.SendAsync();

        relay.Server.Messages.Select(m => m.ConnectionId).Should().Equal(1, 1, 1, 2, 2, 2, 3);
        relay.Count("QUIT").Should().BeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public async Task An_idle_connection_is_closed_politely_after_its_lifetime()
    {
        var clock = Some.Clock();
        await using var relay = Relay.Start(time: clock);
        await relay.SendAsync();
        var quit = relay.NextAsync(SmtpStage.Quit);

        clock.Advance(TimeSpan.FromSeconds(29));
        quit.IsCompleted.Should().BeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));

        await quit;
        await relay.SendAsync();
        relay.Server.ConnectionCount.Should().Be(2);
    }

    [Fact]
    public async Task Each_use_renews_the_lifetime()
    {
        var clock = Some.Clock();
        await using var relay = Relay.Start(time: clock);

        for (var i = 0; i < 4; i++)
        {
            await relay.SendAsync();
            clock.Advance(TimeSpan.FromSeconds(20));
        }

        relay.Server.ConnectionCount.Should().Be(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_the_relay_closed_while_idle_is_replaced_unnoticed_S25(bool reset)
    {
        await using var relay = Relay.Start();
        await relay.SendAsync();
        await relay.Server.SendToIdleConnectionsAsync(reset ? SmtpReply.Reset : SmtpReply.Close);

        await relay.SendAsync();

        relay.Server.MessageCount.Should().Be(2);
        relay.Server.ConnectionCount.Should().Be(2);
    }

    [Fact]
    public async Task A_secure_connection_is_reused_and_replaced_like_any_other_S25()
    {
        await using var relay = Relay.StartSecure(new() { Security = SmtpServerSecurity.Tls });
        await relay.SendAsync();
        await relay.SendAsync();
        await relay.Server.CloseIdleConnectionsAsync();

        await relay.SendAsync();

        relay.Server.Messages.Select(m => m.ConnectionId).Should().Equal(1, 1, 2);
        relay.Count("MAIL").Should().Be(3);
    }

    [Fact]
    public async Task A_relay_that_closes_after_every_mail_gets_every_mail_S25()
    {
        await using var relay = Relay.Start();

        for (var i = 0; i < 100; i++)
        {
            await relay.SendAsync();
            await relay.Server.CloseIdleConnectionsAsync();
        }

        relay.Server.MessageCount.Should().Be(100);
        relay.Server.ConnectionCount.Should().Be(100);
    }

    [Theory]
    [MemberData(nameof(StaleEndings), DisableDiscoveryEnumeration = true)]
    public async Task A_reused_connection_that_fails_at_MAIL_is_replaced_once_S25(SmtpReply ending)
    {
        await using var relay = Relay.Start();
        await relay.SendAsync();
        relay.Server.ReplyOnce(SmtpStage.MailFrom, ending);

        await relay.SendAsync();

        relay.Server.Messages.Select(m => m.ConnectionId).Should().Equal(1, 2);
    }

    public static TheoryData<SmtpReply> StaleEndings => [SmtpReply.Close, SmtpReply.Reset, SmtpReply.FromString("421 4.4.2 Idle too long").ThenClose(), SmtpReply.FromString("421 4.4.2 Idle too long")];

    [Fact]
    public async Task A_fresh_connection_is_not_replaced_S25()
    {
        await using var relay = Relay.Start();
        await relay.SendAsync();
        relay.Server.Reply(SmtpStage.MailFrom, SmtpReply.Close);

        var failure = await relay.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Network);
        relay.Count("MAIL").Should().Be(3, "that is the first mail, the reused connection, and the fresh one");
        relay.Server.ConnectionCount.Should().Be(2);
    }

    [Theory]
    [InlineData(SmtpStage.RcptTo)]
    [InlineData(SmtpStage.Data)]
    public async Task A_mail_the_relay_has_begun_to_take_is_not_replayed_S25(SmtpStage stage)
    {
        await using var relay = Relay.Start(new() { Pipelining = false });
        await relay.SendAsync();
        relay.Server.ReplyOnce(stage, SmtpReply.Close);

        (await relay.FailureAsync()).Failure.Should().Be(TransportFailure.Network);

        relay.Count("MAIL").Should().Be(2);
    }

    [Fact]
    public async Task A_thousand_mails_survive_a_relay_that_keeps_closing_connections_S25()
    {
        var received = new ConcurrentDictionary<string, int>();
        await using var relay = Relay.Start(new() { RetainMessages = false, TranscriptCapacity = 0, OnMessage = Note });
        var served = new ConcurrentDictionary<int, int>();
        var answers = 0;
        relay.Server.On(SmtpStage.EndOfData, command =>
        {
            served.AddOrUpdate(command.ConnectionId, 1, (_, count) => count + 1);
            return Interlocked.Increment(ref answers) % 3 == 0 ? SmtpReply.Default.ThenClose() : null;
        });
        relay.Server.On(SmtpStage.MailFrom, command => served.GetValueOrDefault(command.ConnectionId) switch
        {
            2 => SmtpReply.FromString("421 4.4.2 Idle too long").ThenClose(),
            4 => SmtpReply.Reset,
            _ => null,
        });
        var sent = new ConcurrentBag<string>();

        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Ct }, async (_, _) => sent.Add((await relay.SendAsync()).Id.ToString()));

        sent.Should().HaveCount(1000);
        received.Keys.Should().BeEquivalentTo(sent, "none is lost");
        received.Values.Should().OnlyContain(count => count == 1, "none is duplicated");
        relay.Server.ConnectionCount.Should().BeGreaterThan(300);
        relay.Server.Errors.Should().BeEmpty();

        ValueTask Note(ReceivedMessage message)
        {
            received.AddOrUpdate(IdOf(message), 1, (_, count) => count + 1);
            return ValueTask.CompletedTask;
        }
    }

    [Theory]
    [InlineData("250 2.0.0 Nobody asked")]
    [InlineData("421 4.3.2 Shutting down")]
    public async Task A_reply_nobody_asked_for_ends_the_connection_before_its_next_use_S26(string reply)
    {
        await using var relay = Relay.Start();
        await relay.SendAsync();
        await relay.Server.SendToIdleConnectionsAsync(reply);

        var receipt = await relay.SendAsync();

        receipt.Recipients[0].Diagnostic.Should().Contain("Message accepted");
        relay.Server.Messages.Select(m => m.ConnectionId).Should().Equal(1, 2);
        relay.Count("MAIL").Should().Be(2, "the first connection was not used again");
    }

    [Fact]
    public async Task A_reply_too_many_right_behind_the_answer_ends_the_connection_S26()
    {
        await using var relay = Relay.Start();
        relay.Server.ReplyOnce(SmtpStage.EndOfData, SmtpReply.Raw("250 2.0.0 Taken\r\n250 2.0.0 And again\r\n"u8.ToArray()));

        await relay.SendAsync();
        relay.Server.ReplyOnce(SmtpStage.RcptTo, "550 5.1.1 No such mailbox");
        await relay.DeliveryFailureAsync();

        relay.Server.ConnectionCount.Should().Be(2);
    }

    [Fact]
    public async Task An_answer_that_came_before_the_content_is_not_believed_S26()
    {
        await using var relay = Relay.Start();
        relay.Server.ReplyOnce(SmtpStage.Data, SmtpReply.Raw("354 Go ahead\r\n250 2.0.0 Taken already\r\n"u8.ToArray()));

        (await relay.FailureAsync()).MayHaveBeenAccepted.Should().BeTrue();
    }

    [Fact]
    public async Task Parallel_mail_shares_no_connection_and_each_arrives_once_S27()
    {
        var underWay = new ConcurrentDictionary<int, bool>();
        var most = 0;
        var clashes = 0;
        await using var relay = Relay.Start();
        relay.Server.On(SmtpStage.MailFrom, command =>
        {
            if (!underWay.TryAdd(command.ConnectionId, true)) Interlocked.Increment(ref clashes);
            most = Math.Max(most, underWay.Count);
            return null;
        });
        relay.Server.On(SmtpStage.EndOfData, command =>
        {
            if (!underWay.TryRemove(command.ConnectionId, out _)) Interlocked.Increment(ref clashes);
            return null;
        });

        var receipts = await Task.WhenAll(Enumerable.Range(0, 128).Select(_ => Task.Run(() => relay.SendAsync(), Ct)));

        relay.Server.Messages.Select(IdOf).Should().BeEquivalentTo(receipts.Select(r => r.Id.ToString()));
        relay.Server.ConnectionCount.Should().BeInRange(1, 4);
        most.Should().BeInRange(1, 4);
        clashes.Should().Be(0);
        relay.Server.Transcript.Replies.Should().NotContain(r => r.StartsWith("503"));
        foreach (var connection in relay.Server.Transcript.Lines.Where(l => l.Speaker == SmtpSpeaker.Client).GroupBy(l => l.ConnectionId))
        {
            connection.Skip(1).Where(l => l.Text != "QUIT").Select(l => l.Text[..4]).Chunk(3).Should().OnlyContain(c => string.Join(' ', c) == "MAIL RCPT DATA");
        }
    }

    [Fact]
    public async Task The_relay_never_sees_more_connections_than_allowed_S27()
    {
        await using var relay = Relay.Start(smtp: smtp => (smtp.MaxConnections, smtp.MaxMessagesPerConnection) = (2, 3));
        var most = 0;
        relay.Server.On(SmtpStage.MailFrom, _ =>
        {
            most = Math.Max(most, relay.Server.OpenConnectionCount);
            return null;
        });

        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => relay.SendAsync()));

        relay.Server.MessageCount.Should().Be(60);
        most.Should().BeInRange(1, 3, "the server itself notices an end a little later than the client");
    }

    [Fact]
    public async Task Whoever_waits_longest_is_served_first_S27()
    {
        await using var server = LocalSmtpServer.Start();
        await using var pool = Pool(server, maxConnections: 1);
        var served = new List<int>();
        var first = await pool.LeaseAsync(Ct);
        var waiting = Enumerable.Range(0, 20).Select(ServeAsync).ToList();

        first.Dispose();
        await Task.WhenAll(waiting);

        served.Should().BeInAscendingOrder().And.HaveCount(20);

        async Task ServeAsync(int place)
        {
            using var lease = await pool.LeaseAsync(Ct);
            served.Add(place);
        }
    }

    [Fact]
    public async Task Waiting_for_a_connection_ends_with_the_callers_patience_S29()
    {
        await using var server = LocalSmtpServer.Start();
        await using var pool = Pool(server, maxConnections: 1);
        using var cancellation = new CancellationTokenSource();
        var first = await pool.LeaseAsync(Ct);
        var waiting = pool.LeaseAsync(cancellation.Token);

        await cancellation.CancelAsync();

        await waiting.Invoking(w => w).Should().ThrowAsync<OperationCanceledException>();
        first.Dispose();
        (await pool.LeaseAsync(Ct)).Dispose();
        server.ConnectionCount.Should().Be(1);
    }

    private static SmtpConnectionPool Pool(LocalSmtpServer server, int maxConnections)
    {
        var options = new SmtpOptions { Host = server.Host, Port = server.Port, Security = SmtpSecurity.None, MaxConnections = maxConnections };
        return new SmtpConnectionPool(options, new SmtpFailures(options, "smtp"), TimeProvider.System);
    }

    private static string IdOf(ReceivedMessage message)
    {
        using var mail = message.Parse();
        return mail.Headers["X-TransactionalMail-Id"]!;
    }
}
