using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Events;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Events;

public class MailEventHandlerTests
{
    [Fact]
    public async Task Gets_each_event_in_a_scope_of_its_own()
    {
        await using var bench = new EventBench(mail =>
        {
            mail.Services.AddScoped<Session>().AddSingleton<Sessions>();
            mail.AddEventHandler<First>().AddEventHandler<Second>();
        });

        await bench.PublishAsync(SomeEvent.Accepted(), SomeEvent.Accepted());
        await bench.FlushAsync();

        var sessions = bench.Services.GetRequiredService<Sessions>();
        sessions.Should().HaveCount(4).And.OnlyHaveUniqueItems().And.OnlyContain(s => s.IsDisposed);
    }

    [Fact]
    public async Task Is_called_once_where_it_was_added_twice()
    {
        await using var bench = new EventBench(mail =>
        {
            mail.Services.AddScoped<Session>().AddSingleton<Sessions>();
            mail.AddEventHandler<First>().AddEventHandler<First>();
        });

        await bench.PublishAsync(SomeEvent.Accepted());
        await bench.FlushAsync();

        bench.Services.GetRequiredService<Sessions>().Should().ContainSingle();
    }

    [Fact]
    public async Task Is_missed_alone_where_it_cannot_be_made()
    {
        await using var bench = new EventBench(mail =>
        {
            mail.Services.AddScoped<Session>().AddSingleton<Sessions>().AddScoped<Broken>(_ => throw new InvalidOperationException("no database"));
            mail.AddEventHandler<Broken>().AddEventHandler<First>();
        });

        await bench.PublishAsync(SomeEvent.Accepted());
        await bench.FlushAsync();

        bench.Services.GetRequiredService<Sessions>().Should().ContainSingle();
        bench.Logs.GetSnapshot().Single(r => r.Id.Id == 302).Message.Should().StartWith("Broken failed for MailAccepted");
    }

    [Fact]
    public async Task Sees_every_event_before_a_host_has_stopped()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var gate = new Gate();
        builder.Services.AddSingleton(gate).AddSingleton<LateSender>().AddHostedService(s => s.GetRequiredService<LateSender>());
        builder.Services.AddTransactionalMail().AddEventHandler<Gate>();
        builder.Services.UseFakeMail();
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        var stopping = host.StopAsync(TestContext.Current.CancellationToken);
        await gate.Entered;
        stopping.IsCompleted.Should().BeFalse();
        gate.Open();
        await stopping;

        gate.Seen.Should().HaveCount(2);
    }

    private sealed class Session : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Sessions : ConcurrentQueue<Session>;

    private sealed class First(Session session, Sessions sessions) : IMailEventHandler
    {
        public ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken)
        {
            sessions.Enqueue(session);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Second(Session session, Sessions sessions) : IMailEventHandler
    {
        public ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken)
        {
            sessions.Enqueue(session);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Broken : IMailEventHandler
    {
        public ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    /// <summary>Mail that goes out while the host stops, as an outbox worker's last ones do.</summary>
    private sealed class LateSender(MailEventDispatcher events) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => events.PublishAsync([SomeEvent.Accepted(), SomeEvent.Accepted()], cancellationToken).AsTask();
    }
}
