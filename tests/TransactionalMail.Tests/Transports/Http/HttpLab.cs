using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Transports.Http;

namespace TransactionalMail.Tests.Transports.Http;

/// <summary>An application whose HTTP transports talk to a scripted provider.</summary>
internal sealed class HttpLab : IDisposable
{
    private readonly ScriptedProvider _provider = new();
    private ServiceProvider? _services;

    public FakeTimeProvider Clock { get; } = Some.Clock();

    public required Action<TransactionalMailBuilder> Transport { get; init; }

    public Action<IServiceCollection> Configure { get; init; } = static _ => { };

    /// <summary>Gets whether requests go out over the network rather than to the script.</summary>
    public bool IsReal { get; init; }

    public IReadOnlyList<(HttpRequestMessage Request, string Body)> Requests => _provider.Requests;

    public IServiceProvider Services => _services ??= Build();

    public HttpLab Answers(HttpStatusCode status, string body, params (string Name, string Value)[] headers)
    {
        _provider.Script.Enqueue((_, _) =>
        {
            var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            foreach (var (name, value) in headers) response.Headers.TryAddWithoutValidation(name, value);
            return Task.FromResult(response);
        });
        return this;
    }

    public HttpLab Does(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> act)
    {
        _provider.Script.Enqueue(act);
        return this;
    }

    public Task<MailReceipt> SendAsync(EmailMessage message, CancellationToken? cancellationToken = null) =>
        Services.GetRequiredService<ITransactionalMailer>().SendAsync(message, cancellationToken ?? TestContext.Current.CancellationToken);

    public async Task<MailTransportException> FailureAsync(EmailMessage? message = null)
    {
        var sending = () => SendAsync(message ?? Some.Email());
        return (await sending.Should().ThrowAsync<MailDeliveryException>()).Which.Failures.Should().ContainSingle().Which;
    }

    public void Dispose()
    {
        _services?.Dispose();
        _provider.Dispose();
    }

    private ServiceProvider Build()
    {
        var services = Some.Services(Transport);
        services.AddSingleton<TimeProvider>(Clock);
        if (!IsReal) services.AddHttpClient(HttpMailTransport.ClientName).ConfigurePrimaryHttpMessageHandler(() => _provider);
        Configure(services);
        return services.BuildServiceProvider();
    }

    private sealed class ScriptedProvider : HttpMessageHandler
    {
        public List<(HttpRequestMessage Request, string Body)> Requests { get; } = [];

        public Queue<Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>> Script { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            lock (Requests) Requests.Add((request, ""));
            var index = Requests.Count - 1;
            var act = Script.Dequeue();
            Requests[index] = (request, await request.Content!.ReadAsStringAsync(cancellationToken));
            return await act(request, cancellationToken);
        }
    }
}
