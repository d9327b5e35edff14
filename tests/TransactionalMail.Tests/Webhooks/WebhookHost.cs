using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Audit;
using TransactionalMail.Events;
using TransactionalMail.Testing;
using TransactionalMail.Transports.Http;

namespace TransactionalMail.Tests.Webhooks;

/// <summary>An application on a real server that hears every provider there is, each of them simulated. Each provider has a transport and a stream of its name.</summary>
internal sealed class WebhookHost : IAsyncDisposable
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private Microsoft.AspNetCore.Builder.WebApplication? _application;

    private WebhookHost(int signatureVersion) => Simulators = new Dictionary<string, ProviderSimulator>
    {
        ["mailgun"] = new MailgunSimulator { Clock = Clock, WebhookSigningKey = RandomNumberGenerator.GetHexString(32) },
        ["postmark"] = new PostmarkSimulator { Clock = Clock, WebhookPassword = RandomNumberGenerator.GetHexString(32) },
        ["sendgrid"] = new SendGridSimulator { Clock = Clock },
        ["ses"] = new SesSimulator { Clock = Clock, WebhookSignatureVersion = signatureVersion },
    };

    /// <summary>Gets the providers.</summary>
    public static IReadOnlyList<string> Providers { get; } = ["mailgun", "postmark", "sendgrid", "ses"];

    /// <summary>Gets the clock of the simulators alone; the application's is the system's.</summary>
    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    public IReadOnlyDictionary<string, ProviderSimulator> Simulators { get; }

    public IServiceProvider Services => _application!.Services;

    /// <summary>Gets what the application asked for over its HTTP client, Amazon SNS aside, which is simulated.</summary>
    public ConcurrentQueue<Uri> Asked { get; } = [];

    public ConcurrentQueue<MailEvent> Handled { get; } = [];

    public static async Task<WebhookHost> StartAsync(Action<WebApplicationBuilder>? configure = null, int signatureVersion = 2)
    {
        var host = new WebhookHost(signatureVersion);
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        host.AddMail(builder.Services);
        configure?.Invoke(builder);
        host._application = builder.Build();
        host._application.MapMailWebhooks();
        await host._application.StartAsync(s_ct);
        return host;
    }

    public Uri AddressOf(string transport) => new(new Uri(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), $"/mail/webhooks/{transport}");

    /// <summary>Sends a mail, and waits until the audit knows of it: a provider tells nothing sooner than that.</summary>
    public async Task<MailReceipt> SendAsync(string stream, EmailMessage message)
    {
        var receipt = await Services.GetRequiredKeyedService<ITransactionalMailer>(stream).SendAsync(message, s_ct);
        await FlushAsync();
        return receipt;
    }

    /// <summary>Has a provider report, and waits until everybody knows.</summary>
    public async Task ReportAsync(string provider, SimulatedReport report)
    {
        ((int)await Simulators[provider].ReportAsync(report, AddressOf(provider), cancellationToken: s_ct)).Should().Be(200);
        await FlushAsync();
    }

    public async Task FlushAsync() => await Services.GetRequiredService<MailEventDispatcher>().FlushAsync(s_ct);

    public async Task<IReadOnlyList<MailEvent>> HistoryAsync(MailId id) => await Services.GetRequiredService<IMailAudit>().ReadAsync(id, s_ct).ToListAsync(s_ct);

    public async ValueTask DisposeAsync()
    {
        if (_application is not null) await _application.DisposeAsync();
        foreach (var simulator in Simulators.Values) await simulator.DisposeAsync();
    }

    private T Simulator<T>() where T : ProviderSimulator => Simulators.Values.OfType<T>().Single();

    private void AddMail(IServiceCollection services)
    {
        var (mailgun, postmark, sendGrid, ses) = (Simulator<MailgunSimulator>(), Simulator<PostmarkSimulator>(), Simulator<SendGridSimulator>(), Simulator<SesSimulator>());
        var mail = services.AddTransactionalMail(options => options.From = "shop@acme.example")
            .AddMailgun(options => (options.ApiKey, options.Domain, options.BaseAddress, options.WebhookSigningKey) = (mailgun.ApiKey, mailgun.Domain, mailgun.BaseAddress, mailgun.WebhookSigningKey))
            .AddPostmark(options => (options.Token, options.BaseAddress, options.WebhookUserName, options.WebhookPassword) = (postmark.Token, postmark.BaseAddress, postmark.WebhookUserName, postmark.WebhookPassword))
            .AddSendGrid(options => (options.ApiKey, options.BaseAddress, options.WebhookPublicKey) = (sendGrid.ApiKey, sendGrid.BaseAddress, sendGrid.WebhookPublicKey))
            .AddSes(options =>
            {
                (options.AccessKeyId, options.SecretAccessKey, options.Region, options.BaseAddress) = (ses.AccessKeyId, ses.SecretAccessKey, ses.Region, ses.BaseAddress);
                options.WebhookTopicArns.Add(ses.WebhookTopicArn);
            });
        foreach (var provider in Providers) mail.AddStream(provider, stream => stream.Transports.Add(provider));
        services.AddSingleton<IMailEventHandler>(new Handler(Handled));
        services.UseSimulatedSns(ses);
        services.AddHttpClient(HttpMailTransport.ClientName).ConfigurePrimaryHttpMessageHandler(() => new Watch(Asked));
    }

    private sealed class Handler(ConcurrentQueue<MailEvent> handled) : IMailEventHandler
    {
        public ValueTask HandleAsync(MailEvent mailEvent, CancellationToken cancellationToken)
        {
            handled.Enqueue(mailEvent);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Keeps what goes out on this machine, and remembers where it would have gone.</summary>
    private sealed class Watch(ConcurrentQueue<Uri> asked) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            asked.Enqueue(request.RequestUri!);
            return request.RequestUri!.IsLoopback ? base.SendAsync(request, cancellationToken) : throw new HttpRequestException("This goes nowhere.");
        }
    }
}
