using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Diagnostics;
using TransactionalMail.Outbox;
using TransactionalMail.Outbox.RabbitMq;
using TransactionalMail.Testing;

namespace TransactionalMail.RabbitMq.Tests;

/// <summary>Mail from one application through the queues to workers in others.</summary>
public sealed class WorkersTests(SharedBroker shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_goes_from_the_application_through_relay_queue_and_worker_to_the_relay_server()
    {
        var options = SomeQueues.Options(await shared.GetAsync());
        await using var server = LocalSmtpServer.Start();
        using var host = await SomeApplication.StartAsync(options, (mail, o) => mail.AddTransport("smtp", server.Dsn).UseRabbitMqWorkers(o));
        byte[] content = [.. Enumerable.Range(0, 100_000).Select(static i => (byte)i)];

        await host.Services.GetRequiredService<ITransactionalMailer>().EnqueueAsync(
            SomeApplication.Letter() with { IdempotencyKey = "order-1042", Attachments = [new EmailAttachment("invoice.bin", content, "application/octet-stream")] }, Ct);

        var received = (await server.WaitForMessagesAsync(1, TimeSpan.FromSeconds(20), Ct)).Single();
        using var mime = received.Parse();
        mime.Subject.Should().Be("Your order");
        using var attached = new MemoryStream();
        await ((MimeKit.MimePart)mime.Attachments.Single()).Content!.DecodeToAsync(attached, Ct);
        attached.ToArray().Should().Equal(content);
        await host.StopAsync(Ct);
        (await host.Services.GetRequiredService<IMailStatus>().GetQueuesAsync(Ct)).Sum(d => d.Waiting + d.InDelivery + d.DeadLetters).Should().Be(0);
    }

    [Fact]
    public async Task Two_workers_share_2000_mails_and_deliver_each_once()
    {
        const int Count = 2_000;
        var options = SomeQueues.Options(await shared.GetAsync());
        var (one, other) = (new CountingTransport(Count), new CountingTransport(Count));
        var both = new CountingTransport(Count);
        one.Before = other.Before = (mail, ct) => both.SendAsync(mail, ct);
        await using var publisher = SomeQueues.Outbox(options);
        for (var i = 0; i < 4; i++) await publisher.AddAsync([.. Enumerable.Range(0, Count / 4).Select(_ => Entry())], Ct);

        using var first = await SomeApplication.StartAsync(options, (mail, o) => mail.AddTransport("one", _ => one).UseRabbitMqOutbox(o));
        using var second = await SomeApplication.StartAsync(options, (mail, o) => mail.AddTransport("other", _ => other).UseRabbitMqOutbox(o));
        await both.WaitAsync(Ct);
        await Task.WhenAll(first.StopAsync(Ct), second.StopAsync(Ct));

        both.Duplicates.Should().Be(0);
        one.Times.Should().NotBeEmpty();
        other.Times.Should().NotBeEmpty();
        (await publisher.GetDepthsAsync(Ct)).Sum(d => d.Waiting).Should().Be(0);
    }

    [Fact]
    public async Task A_mail_carried_twice_is_sent_once_by_the_process_that_sent_it()
    {
        var options = SomeQueues.Options(await shared.GetAsync());
        var transport = new CountingTransport(2);
        var (twice, after) = (Entry(), Entry());
        await using var publisher = SomeQueues.Outbox(options);
        await publisher.AddAsync([twice], Ct);
        await publisher.AddAsync([twice], Ct);
        await publisher.AddAsync([after], Ct);

        using var worker = await SomeApplication.StartAsync(options, (mail, o) => mail.AddTransport("count", _ => transport).UseRabbitMqOutbox(o), o => o.Streams["default"] = new() { Queue = { Workers = 1 } });
        await transport.WaitAsync(Ct);
        await worker.StopAsync(Ct);

        transport.Times.Should().BeEquivalentTo(new Dictionary<MailId, int> { [twice.Id] = 1, [after.Id] = 1 });
    }

    [Fact]
    public async Task A_mail_too_large_for_the_queue_becomes_a_dead_letter_of_the_application_and_stops_no_other()
    {
        var options = SomeQueues.Options(await shared.GetAsync());
        options.MaxMessageBytes = 64 * 1024;
        var transport = new CountingTransport(1);
        using var host = await SomeApplication.StartAsync(options, (mail, o) => mail.AddTransport("count", _ => transport).UseRabbitMqWorkers(o));
        var mailer = host.Services.GetRequiredService<ITransactionalMailer>();

        var large = await mailer.EnqueueAsync(SomeApplication.Letter() with { Attachments = [new EmailAttachment("large.bin", new byte[70_000], "application/octet-stream")] }, Ct);
        var small = await mailer.EnqueueAsync(SomeApplication.Letter(), Ct);
        await transport.WaitAsync(Ct);
        await host.StopAsync(Ct);

        transport.Times.Keys.Should().Equal(small);
        (await host.Services.GetRequiredService<IOutboxAdmin>().FindAsync(large, Ct))!.LastFailure.Should().Contain("MaxMessageBytes");
    }

    [Fact]
    public async Task A_mail_the_broker_refuses_becomes_a_dead_letter_of_the_application_and_stops_no_other()
    {
        SharedBroker.Require();
        await using var broker = new Broker { Setting = "max_message_size = 100000" };
        await broker.StartAsync(Ct);
        var transport = new CountingTransport(20);
        using var host = await SomeApplication.StartAsync(SomeQueues.Options(broker), (mail, o) => mail.AddTransport("count", _ => transport).UseRabbitMqWorkers(o));
        var (mailer, admin) = (host.Services.GetRequiredService<ITransactionalMailer>(), host.Services.GetRequiredService<IOutboxAdmin>());

        var large = await mailer.EnqueueAsync(SomeApplication.Letter() with { Attachments = [new EmailAttachment("large.bin", new byte[150_000], "application/octet-stream")] }, Ct);
        List<MailId> small = [];
        for (var i = 0; i < 20; i++) small.Add(await mailer.EnqueueAsync(SomeApplication.Letter(), Ct));
        await transport.WaitAsync(Ct);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        while ((await admin.GetDepthsAsync(Ct)).Sum(static d => d.DeadLetters) == 0) await Task.Delay(50, patience.Token); // the relay finds it in its own time
        await host.StopAsync(Ct);

        transport.Times.Keys.Should().BeEquivalentTo(small);
        (await admin.FindAsync(large, Ct))!.LastFailure.Should().Contain("larger than configured max size");
    }

    [Fact]
    public async Task A_mail_that_fails_waits_in_a_delay_and_is_sent_again()
    {
        var options = SomeQueues.Options(await shared.GetAsync());
        var transport = new CountingTransport(1);
        var failures = 1;
        transport.Before = (_, _) => Interlocked.Decrement(ref failures) >= 0 ? throw new MailTransportException(TransportFailure.Throttled, "count", "Too much.") : Task.CompletedTask;
        using var host = await SomeApplication.StartAsync(options, (mail, o) => mail.AddTransport("count", _ => transport).UseRabbitMqWorkers(o), o =>
        {
            o.Streams["default"] = new() { Queue = { Delay = TimeSpan.FromMilliseconds(300) } };
            o.Limits["count"] = new() { CoolDown = TimeSpan.FromMilliseconds(10), MaxCoolDown = TimeSpan.FromMilliseconds(10) };
        });

        var id = await host.Services.GetRequiredService<ITransactionalMailer>().EnqueueAsync(SomeApplication.Letter(), Ct);
        await transport.WaitAsync(Ct);
        await host.StopAsync(Ct);

        transport.Times.Should().BeEquivalentTo(new Dictionary<MailId, int> { [id] = 1 });
    }

    [Fact]
    public async Task A_dead_letter_cancelled_in_the_queue_keeps_its_key_in_the_outbox_it_came_from()
    {
        var transport = new CountingTransport(1) { Before = static (_, _) => throw new MailTransportException(TransportFailure.MessageRejected, "count", "No.") };
        using var host = await SomeApplication.StartAsync(SomeQueues.Options(await shared.GetAsync()), (mail, o) => mail.AddTransport("count", _ => transport).UseRabbitMqWorkers(o));
        var (mailer, admin) = (host.Services.GetRequiredService<ITransactionalMailer>(), host.Services.GetRequiredService<IOutboxAdmin>());
        var keyed = SomeApplication.Letter() with { IdempotencyKey = "order-1042" };
        var id = await mailer.EnqueueAsync(keyed, Ct);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        while ((await admin.GetDepthsAsync(Ct)).Sum(static d => d.DeadLetters) == 0) await Task.Delay(50, patience.Token); // a worker gives it up in its own time

        (await admin.CancelAsync(id, Ct)).Should().BeTrue();

        (await mailer.EnqueueAsync(keyed, Ct)).Should().Be(id, "the key stands for the mail that was cancelled");
        (await mailer.EnqueueAsync(keyed with { IdempotencyKey = "order-1042-again" }, Ct)).Should().NotBe(id);
        await host.StopAsync(Ct);
    }

    internal static OutboxEntry Entry() => new()
    {
        Id = MailId.New(DateTimeOffset.UtcNow),
        StreamName = "default",
        Message = SomeApplication.Letter() with { From = "no-reply@acme.example" },
        AcceptedAt = DateTimeOffset.UtcNow,
        DueAt = DateTimeOffset.UtcNow,
        Recipients = ["ada@example.com"],
    };
}
