using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Bounces.Mailbox;

public sealed class BounceMailboxTests : IAsyncDisposable
{
    private const string Handled = "$TransactionalMailHandled";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static readonly string s_bounce = SomeBounce.Status("Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown");

    private readonly SeenEvents _seen = new();
    private readonly FakeLogCollector _logs = new();
    private IHost? _host;

    [Fact]
    public async Task Hands_events_on_and_marks_the_message_after_that()
    {
        await using var server = new ImapServer();
        var bounce = server.Deliver(s_bounce);
        await StartAsync(server);

        var seen = await _seen.NextAsync();

        seen.Should().BeOfType<MailBounced>().Which.MailId.Should().Be(SomeBounce.Id);
        (await _host!.Services.GetRequiredService<ISuppressionList>().FindAsync(["ada@example.com"], "default", TestContext.Current.CancellationToken)).Should().ContainSingle();
        await UntilAsync(() => bounce.Flags.Contains(Handled));
        (bounce.Folder, bounce.Flags.Count).Should().Be(("INBOX", 1));
    }

    [Fact]
    public async Task Hears_of_new_messages_while_it_is_idle()
    {
        await using var server = new ImapServer();
        await StartAsync(server);
        await UntilAsync(() => server.Commands.Contains("IDLE"));

        server.Deliver(s_bounce);

        (await _seen.NextAsync()).Should().BeOfType<MailBounced>();
    }

    [Fact]
    public async Task Polls_a_server_that_cannot_tell()
    {
        await using var server = new ImapServer { Capabilities = "IMAP4rev1" };
        await StartAsync(server, static o => o.PollInterval = TimeSpan.FromSeconds(1));
        await UntilAsync(() => server.Commands.Contains("NOOP"));

        server.Deliver(s_bounce);

        (await _seen.NextAsync()).Should().BeOfType<MailBounced>();
        server.Commands.Should().NotContain("IDLE");
    }

    [Fact]
    public async Task Survives_a_connection_that_breaks()
    {
        await using var server = new ImapServer();
        await StartAsync(server);
        await UntilAsync(() => server.Commands.Contains("IDLE"));

        server.DropConnections();
        server.Deliver(s_bounce);

        (await _seen.NextAsync()).Should().BeOfType<MailBounced>();
        server.Connections.Should().BeGreaterThan(1);
        _logs.GetSnapshot().Should().Contain(static l => l.Id.Id == 321 && l.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task Reads_a_message_again_whose_events_could_not_be_stored()
    {
        await using var server = new ImapServer();
        var bounce = server.Deliver(s_bounce);
        var audit = new ShakyAudit(failures: 1, () => bounce.Flags.Contains(Handled));
        await StartAsync(server, services: services => services.AddSingleton<IMailAudit>(audit));

        (await _seen.NextAsync()).Should().BeOfType<MailBounced>();
        await UntilAsync(() => bounce.Flags.Contains(Handled));

        audit.WasMarkedBefore.Should().BeFalse();
        server.Connections.Should().Be(2);
    }

    [Fact]
    public async Task Moves_reports_that_were_handled_and_nothing_else()
    {
        await using var server = new ImapServer();
        var letter = server.Deliver(SomeBounce.Words("Thank you for the book.", "From: Ada <ada@example.com>\nSubject: Thanks"));
        var bounce = server.Deliver(s_bounce);
        await StartAsync(server, static o => o.HandledFolder = "Handled");

        await UntilAsync(() => bounce.Folder == "Handled" && letter.Flags.Contains(Handled));

        letter.Folder.Should().Be("INBOX");
        server.Commands.Should().NotContain(static c => c.Contains("EXPUNGE", StringComparison.Ordinal) || c.Contains("CLOSE", StringComparison.Ordinal));
        server.Messages.Should().OnlyContain(static m => !m.Flags.Contains("\\Deleted"));
    }

    [Fact]
    public async Task Marks_messages_as_read_where_there_are_no_keywords()
    {
        await using var server = new ImapServer { HasKeywords = false };
        var bounce = server.Deliver(s_bounce);
        await StartAsync(server);

        await UntilAsync(() => bounce.Flags.Contains("\\Seen"));

        (await _seen.NextAsync()).Should().BeOfType<MailBounced>();
    }

    [Fact]
    public async Task Handles_each_message_once()
    {
        await using var server = new ImapServer();
        for (var i = 0; i < 5; i++) server.Deliver(s_bounce.Replace("report-1@", $"report-{i}@", StringComparison.Ordinal));
        await StartAsync(server);
        await UntilAsync(() => server.Messages.All(static m => m.Flags.Contains(Handled)));

        server.DropConnections();
        await UntilAsync(() => server.Connections > 1 && server.Commands.Count(static c => c is "IDLE") > 1);

        _seen.Ids.Should().HaveCount(5).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Tells_of_a_wrong_password_without_it()
    {
        await using var server = new ImapServer { Password = "another" };
        await StartAsync(server);

        await UntilAsync(() => _logs.GetSnapshot().Any(static l => l.Id.Id == 321));

        string.Join('\n', _logs.GetSnapshot().Select(static l => l.Message + l.Exception)).Should().NotContainAny("hunter2", "bounces@acme.example");
    }

    [Fact]
    public void Finds_every_fault_of_the_settings_at_start_up()
    {
        var services = Some.Services(builder => builder.AddBounceMailbox(static o => (o.Host, o.Port, o.PollInterval) = ("not a host", 0, TimeSpan.Zero)));
        using var provider = services.BuildServiceProvider();

        var get = () => provider.GetRequiredService<IOptionsMonitor<BounceMailboxOptions>>().Get("bounces");

        get.Should().Throw<OptionsValidationException>().Which.Failures.Should().HaveCount(5);
    }

    [Fact]
    public void Watches_each_mailbox_once()
    {
        var services = Some.Services(builder => builder.AddBounceMailbox(static o => o.Host = "a.example").AddBounceMailbox(static o => o.Host = "b.example").AddBounceMailbox(static o => o.Host = "c.example", "complaints"));
        services.UseFakeMail();
        using var provider = services.BuildServiceProvider();

        provider.GetServices<IHostedService>().OfType<BackgroundService>().Count(static s => s.GetType().Name == "BounceMailboxWatcher").Should().Be(2);
        new BounceMailboxOptions { Host = "imap.acme.example", UserName = "ada", Password = "hunter2" }.ToString().Should().NotContainAny("ada", "hunter2");
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is null) return;
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private async Task StartAsync(ImapServer server, Action<BounceMailboxOptions>? configure = null, Action<IServiceCollection>? services = null)
    {
        var application = Host.CreateEmptyApplicationBuilder(new());
        application.Logging.AddProvider(new FakeLoggerProvider(_logs));
        application.Services.AddSingleton(_seen);
        services?.Invoke(application.Services);
        application.Services.AddTransactionalMail(static o => o.From = "no-reply@acme.example")
            .AddEventHandler<SeenEvents>()
            .AddBounceMailbox(o =>
            {
                (o.Host, o.Port, o.Security, o.UserName, o.Password) = ("127.0.0.1", server.Port, ImapSecurity.None, "bounces@acme.example", "hunter2");
                configure?.Invoke(o);
            });
        application.Services.UseFakeMail();
        _host = application.Build();
        await _host.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for what another thread does; the server has no other way to tell.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(s_patience);
        while (!condition()) await Task.Delay(10, deadline.Token);
    }

    /// <summary>An audit that fails at first, and looks whether the message was marked before it had the events.</summary>
    private sealed class ShakyAudit(int failures, Func<bool> isMarked) : IMailAudit
    {
        private int _calls;

        public bool WasMarkedBefore { get; private set; }

        public ValueTask<IReadOnlyList<MailEvent>> AppendAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken)
        {
            WasMarkedBefore |= isMarked();
            return ++_calls <= failures ? throw new IOException("The disk is full.") : ValueTask.FromResult(events);
        }

        public IAsyncEnumerable<MailEvent> ReadAsync(MailId mailId, CancellationToken cancellationToken = default) => AsyncEnumerable.Empty<MailEvent>();
    }

    internal sealed class SeenEvents : IMailEventHandler
    {
        private readonly Channel<MailEvent> _events = Channel.CreateUnbounded<MailEvent>();

        public ConcurrentBag<Guid> Ids { get; } = [];

        public ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken)
        {
            Ids.Add(mailEvent.EventId);
            return _events.Writer.WriteAsync(mailEvent, cancellationToken);
        }

        public Task<MailEvent> NextAsync() => _events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }
}
