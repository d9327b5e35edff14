using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using RabbitMQ.Client;
using TransactionalMail.Outbox;
using TransactionalMail.Outbox.RabbitMq;

namespace TransactionalMail.RabbitMq.Tests;

/// <summary>What happens when the broker, a connection or a message is not what it should be.</summary>
public sealed class FaultTests(SharedBroker shared)
{
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broker_killed_and_started_again_under_load_loses_no_mail()
    {
        SharedBroker.Require();
        const int Count = 1_500;
        await using var broker = new Broker();
        await broker.StartAsync(Ct);
        var options = SomeQueues.Options(broker);
        var (transport, half) = (new CountingTransport(Count), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        transport.Before = async (_, ct) =>
        {
            if (transport.Times.Count >= Count / 3) half.TrySetResult();
            await Task.Delay(TimeSpan.FromMilliseconds(5), ct); // the time a relay takes
        };
        using var host = await SomeApplication.StartAsync(options, (mail, o) => mail.AddTransport("count", _ => transport).UseRabbitMqWorkers(o));
        var mailer = host.Services.GetRequiredService<ITransactionalMailer>();
        List<MailId> accepted = [];
        for (var i = 0; i < Count; i++) accepted.Add(await mailer.EnqueueAsync(SomeApplication.Letter(), Ct));

        await half.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        await broker.KillAsync();
        await broker.StartAsync(Ct);
        await transport.WaitAsync(Ct);
        await host.StopAsync(Ct);

        transport.Times.Keys.Should().BeEquivalentTo(accepted);
        TestContext.Current.SendDiagnosticMessage("Mails sent twice after the broker was killed: {0} of {1}", transport.Duplicates, Count);
        transport.Duplicates.Should().BeLessThanOrEqualTo(4, "this process remembers what it sent: only what its workers had in hand can go twice");
    }

    [Fact]
    public async Task Adding_to_a_broker_that_is_away_fails_in_time_and_says_so()
    {
        var outbox = SomeQueues.Outbox(new() { Uri = new Uri("amqp://guest:secret-password@127.0.0.1:1/"), Timeout = TimeSpan.FromSeconds(2) });
        await using var _ = outbox;

        var adding = async () => await outbox.AddAsync([WorkersTests.Entry()], Ct);

        (await adding.Should().ThrowAsync<RabbitMqUnavailableException>()).WithMessage("*cannot be reached*").Which.ToString().Should().NotContain("secret-password");
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_becomes_a_dead_letter_with_a_reason_and_stops_no_other()
    {
        var options = SomeQueues.Options(await shared.GetAsync());
        await using var outbox = SomeQueues.Outbox(options);
        using var names = new Topology(options);
        var entry = WorkersTests.Entry();
        (await outbox.LeaseAsync("default", 1, s_lease, Ct)).Should().BeEmpty();
        await using var connection = await new ConnectionFactory { Uri = options.Uri }.CreateConnectionAsync(Ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        foreach (var body in new byte[][] { [], [9, 9], [1, 0, 0, 0, 200, 1], [1, 0, 0, 0, 2, (byte)'{', (byte)'}'] }) await channel.BasicPublishAsync(names.Mail, "default", mandatory: true, body, Ct);
        await outbox.AddAsync([entry], Ct);

        (await outbox.LeaseAsync("default", 10, s_lease, Ct)).Should().ContainSingle().Which.Entry.Id.Should().Be(entry.Id);

        (await outbox.GetDepthsAsync(Ct)).Single(d => d.StreamName == "default").DeadLetters.Should().Be(4);
        var dead = await channel.BasicGetAsync(names.DeadQueueOf("default"), autoAck: true, Ct);
        System.Text.Encoding.UTF8.GetString((byte[])dead!.BasicProperties.Headers![MailMessage.ReasonHeader]!).Should().Contain("later release");
    }

    [Fact]
    public async Task What_another_user_published_is_put_aside_and_stays_there()
    {
        var broker = await shared.GetAsync();
        var options = SomeQueues.Options(broker);
        await using var outbox = SomeQueues.Outbox(options);
        using var names = new Topology(options);
        (await outbox.LeaseAsync("default", 1, s_lease, Ct)).Should().BeEmpty();
        await using var connection = await new ConnectionFactory { Uri = await broker.AddUserAsync("somebody", Ct) }.CreateConnectionAsync(Ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        var later = await MailFrame.WriteAsync(WorkersTests.Entry() with { DueAt = DateTimeOffset.UtcNow.AddHours(1) }, int.MaxValue, Ct);
        var properties = new BasicProperties { UserId = "somebody", Expiration = "60000", MessageId = "1042" };
        foreach (var body in new byte[][] { later, [9, 9] }) await channel.BasicPublishAsync(names.Mail, "default", mandatory: true, properties, body, Ct);

        while ((await outbox.GetDepthsAsync(Ct)).Single(d => d.StreamName == "default").Waiting < 2) await Task.Delay(20, Ct); // they are on their way
        (await outbox.LeaseAsync("default", 10, s_lease, Ct)).Should().BeEmpty();

        var depths = await outbox.GetDepthsAsync(Ct);
        depths.Single(d => d.StreamName == "(delayed)").Waiting.Should().Be(1);
        depths.Single(d => d.StreamName == "default").Should().Be(new OutboxDepth("default", 0, 0, DeadLetters: 1, null));
        var dead = (await channel.BasicGetAsync(names.DeadQueueOf("default"), autoAck: true, Ct))!.BasicProperties;
        (dead.MessageId, dead.UserId, dead.Expiration).Should().Be(("1042", null, null));
    }

    [Fact]
    public async Task A_message_belongs_to_the_stream_whose_queue_it_came_from_whatever_it_says()
    {
        var options = SomeQueues.Options(await shared.GetAsync());
        await using var outbox = SomeQueues.Outbox(options);
        var (entry, later, other) = (WorkersTests.Entry() with { StreamName = new string('x', 300) }, WorkersTests.Entry() with { StreamName = new string('x', 300), DueAt = DateTimeOffset.UtcNow.AddHours(1) }, WorkersTests.Entry());
        await PublishAsync(options, outbox, await MailFrame.WriteAsync(entry, int.MaxValue, Ct), await MailFrame.WriteAsync(later, int.MaxValue, Ct));
        await outbox.AddAsync([other], Ct);

        var leases = await outbox.LeaseAsync("default", 10, s_lease, Ct);

        leases.Select(static l => (l.Entry.Id, l.Entry.StreamName)).Should().Equal((entry.Id, "default"), (other.Id, "default"));
        (await outbox.GetDepthsAsync(Ct)).Single(d => d.StreamName == "(delayed)").Waiting.Should().Be(1);
        (await outbox.DeadLetterAsync(leases, Ct)).Should().BeEmpty();
        (await outbox.RetryAsync(entry.Id, Ct)).Should().BeTrue();
        (await outbox.LeaseAsync("default", 10, s_lease, Ct)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_mail_that_was_taken_never_becomes_too_large_to_be_put_back()
    {
        var options = SomeQueues.Options(await shared.GetAsync());
        options.MaxMessageBytes = 64 * 1024;
        await using var outbox = SomeQueues.Outbox(options);
        var (fits, large) = (WorkersTests.Entry(), WorkersTests.Entry());
        fits = fits with { Message = fits.Message with { Attachments = [new EmailAttachment("a.bin", new byte[47_500], "application/octet-stream")] } };
        large = large with { Message = large.Message with { Attachments = [new EmailAttachment("a.bin", new byte[49_500], "application/octet-stream")] } };

        var adding = async () => await outbox.AddAsync([fits, large], Ct);
        (await adding.Should().ThrowAsync<EmailValidationException>()).WithMessage("*MaxMessageBytes*");
        (await outbox.LeaseAsync("default", 10, s_lease, Ct)).Should().BeEmpty("it is refused before anything is published");
        await outbox.AddAsync([fits], Ct);
        var lease = (await outbox.LeaseAsync("default", 10, s_lease, Ct)).Single();

        (await outbox.RescheduleAsync([lease with { Entry = lease.Entry with { LastFailure = new string('x', 8_000) } }], Ct)).Should().BeEmpty();

        (await outbox.LeaseAsync("default", 10, s_lease, Ct)).Should().ContainSingle().Which.Entry.LastFailure.Should().HaveLength(8_000);
    }

    [Fact]
    public async Task A_mail_of_a_group_that_cannot_be_put_back_makes_the_others_no_lost_leases()
    {
        await using var outbox = SomeQueues.Outbox(SomeQueues.Options(await shared.GetAsync()));
        await outbox.AddAsync([WorkersTests.Entry(), WorkersTests.Entry(), WorkersTests.Entry()], Ct);
        var leases = await outbox.LeaseAsync("default", 3, s_lease, Ct);
        var isReadable = false;
        var attachment = new EmailAttachment("a.bin", _ => isReadable ? ValueTask.FromResult<Stream>(new MemoryStream([1])) : throw new IOException("It is locked."));
        var last = leases[2] with { Entry = leases[2].Entry with { Message = leases[2].Entry.Message with { Attachments = [attachment] } } };

        var together = async () => await outbox.RescheduleAsync([leases[0], leases[1], last], Ct);
        await together.Should().ThrowAsync<IOException>();
        await together.Should().ThrowAsync<IOException>("they may be tried together again");
        (await outbox.RescheduleAsync([leases[0]], Ct)).Should().BeEmpty("it is stored");
        (await outbox.RescheduleAsync([leases[1]], Ct)).Should().BeEmpty("it is stored");
        isReadable = true;
        (await outbox.RescheduleAsync([last], Ct)).Should().BeEmpty("its lease is held");

        (await outbox.RescheduleAsync([leases[0], leases[1], last], Ct)).Should().HaveCount(3, "their leases ended with the calls that stored them");
        (await outbox.LeaseAsync("default", 10, s_lease, Ct)).Select(l => l.Entry.Id).Should().BeEquivalentTo(leases.Select(l => l.Entry.Id), "each is there once");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mail_that_is_put_back_and_comes_before_the_confirmation_is_no_second_copy(bool hasLeaseEnded)
    {
        var broker = await shared.GetAsync();
        await using var answers = new LateAnswers(broker);
        var options = SomeQueues.Options(broker);
        options.Uri = answers.Uri;
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var outbox = SomeQueues.Outbox(options, clock);
        var entry = WorkersTests.Entry() with { DueAt = clock.GetUtcNow() };
        await outbox.AddAsync([entry], Ct);
        var old = await outbox.LeaseAsync("default", 1, s_lease, Ct);

        answers.Hold();
        var puttingBack = outbox.RescheduleAsync(old, Ct).AsTask();
        if (hasLeaseEnded) clock.Advance(s_lease);
        var lease = await LeaseOneAsync(outbox);
        answers.Release();

        (await puttingBack).Should().BeEmpty();
        lease.Entry.Id.Should().Be(entry.Id);
        (await outbox.RenewAsync(old, s_lease, Ct)).Should().Equal(old);
        (await outbox.RescheduleAsync(old, Ct)).Should().Equal(old);
        (await outbox.LeaseAsync("default", 10, s_lease, Ct)).Should().BeEmpty("there is one message, and it is leased");
        (await outbox.CompleteAsync([lease], Ct)).Should().BeEmpty();
        (await outbox.GetDepthsAsync(Ct)).Sum(d => d.Waiting + d.InDelivery + d.DeadLetters).Should().Be(0);
    }

    [Fact]
    public async Task A_mail_that_could_not_be_put_back_keeps_its_lease()
    {
        var broker = await shared.GetAsync();
        await using var answers = new LateAnswers(broker);
        var options = SomeQueues.Options(broker);
        (options.Uri, options.Timeout) = (answers.Uri, TimeSpan.FromSeconds(1));
        await using var outbox = SomeQueues.Outbox(options);
        await outbox.AddAsync([WorkersTests.Entry()], Ct);
        var old = await outbox.LeaseAsync("default", 1, s_lease, Ct);

        answers.Hold();
        var puttingBack = async () => await outbox.RescheduleAsync(old, Ct);
        await puttingBack.Should().ThrowAsync<RabbitMqUnavailableException>("nobody confirmed it");
        (await outbox.LeaseAsync("default", 10, s_lease, Ct)).Should().BeEmpty("what came of it is a second copy of what is leased still");
        answers.Release();

        (await outbox.RenewAsync(old, s_lease, Ct)).Should().BeEmpty();
        (await outbox.RescheduleAsync(old, Ct)).Should().BeEmpty();
        (await outbox.LeaseAsync("default", 10, s_lease, Ct)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_connection_that_is_lost_takes_its_leases_along()
    {
        var options = SomeQueues.Options(await shared.GetAsync());
        var outbox = SomeQueues.Outbox(options);
        var entry = WorkersTests.Entry();
        await outbox.AddAsync([entry], Ct);
        var lost = await outbox.LeaseAsync("default", 1, s_lease, Ct);
        await outbox.DisposeAsync(); // all it has is its connections

        (await outbox.RenewAsync(lost, s_lease, Ct)).Should().Equal(lost);
        (await outbox.RescheduleAsync(lost, Ct)).Should().Equal(lost);

        await using var other = SomeQueues.Outbox(options);
        (await other.LeaseAsync("default", 10, s_lease, Ct)).Should().ContainSingle().Which.Entry.Id.Should().Be(entry.Id);
    }

    [Fact]
    public async Task A_mail_that_workers_vanish_with_too_often_becomes_a_dead_letter()
    {
        var options = SomeQueues.Options(await shared.GetAsync());
        options.DeliveryLimit = 2;
        var entry = WorkersTests.Entry();
        await using var outbox = SomeQueues.Outbox(options);
        await outbox.AddAsync([entry], Ct);

        for (var i = 0; i < 3; i++)
        {
            await using var worker = SomeQueues.Outbox(options);
            (await worker.LeaseAsync("default", 1, s_lease, Ct)).Should().ContainSingle();
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while ((await outbox.GetDepthsAsync(Ct)).Single(d => d.StreamName == "default").DeadLetters == 0) await Task.Delay(50, patience.Token); // the broker moves it in its own time
        (await outbox.FindAsync(entry.Id, Ct))!.Id.Should().Be(entry.Id);
        (await outbox.LeaseAsync("default", 1, s_lease, Ct)).Should().BeEmpty();
    }

    /// <summary>Publishes as somebody else who may write to the queue.</summary>
    private static async Task PublishAsync(RabbitMqMailOptions options, RabbitMqOutbox outbox, params byte[][] bodies)
    {
        using var names = new Topology(options);
        (await outbox.LeaseAsync("default", 1, s_lease, Ct)).Should().BeEmpty("it declares the queue");
        await using var connection = await new ConnectionFactory { Uri = options.Uri }.CreateConnectionAsync(Ct);
        await using var channel = await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Ct);
        foreach (var body in bodies) await channel.BasicPublishAsync(names.Mail, "default", mandatory: true, body, Ct);
    }

    private static async Task<OutboxLease> LeaseOneAsync(RabbitMqOutbox outbox)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        while (true)
        {
            if (await outbox.LeaseAsync("default", 1, s_lease, patience.Token) is [var lease]) return lease;
            await Task.Delay(20, patience.Token); // it is on its way
        }
    }
}
