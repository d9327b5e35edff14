using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Tests.Templates;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports.Http;

namespace TransactionalMail.Tests.Canaries;

/// <summary>Calls that fail in every way, with providers that repeat what they were told. The log is open to Trace, System.Net.Http's own traces and metrics are heard.</summary>
[Collection(nameof(CanaryCage))]
public class HttpCanaryTests
{
    private static readonly Provider[] s_providers =
    [
        new("Mailgun", (mail, address) => mail.AddMailgun("provider", mailgun => (mailgun.ApiKey, mailgun.Domain, mailgun.BaseAddress, mailgun.Timeout) = (Plants.Password, "mg.example.com", address, Patience)),
            static words => new JsonObject { ["message"] = words }, Tags: 3),
        new("Postmark", (mail, address) => mail.AddPostmark("provider", postmark => (postmark.Token, postmark.BaseAddress, postmark.Timeout) = (Plants.Password, address, Patience)),
            static words => new JsonObject { ["ErrorCode"] = 300, ["Message"] = words }, Tags: 1,
            static words => new JsonObject { ["ErrorCode"] = 0, ["MessageID"] = "0a1", ["Message"] = $"Message OK, but will not deliver to these inactive addresses: {Plants.To[0].Address}, {words}" }),
        new("SendGrid", (mail, address) => mail.AddSendGrid("provider", sendGrid => (sendGrid.ApiKey, sendGrid.BaseAddress, sendGrid.Timeout) = (Plants.Password, address, Patience)),
            static words => new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["message"] = words, ["field"] = "from" }) }, Tags: 8),
        new("SES", (mail, address) => mail.AddSes("provider", ses => (ses.Region, ses.AccessKeyId, ses.SecretAccessKey, ses.SessionToken, ses.BaseAddress, ses.Timeout) = ("eu-west-1", "AKIATEST", Plants.Password, Plants.Password, address, Patience)),
            static words => new JsonObject { ["__type"] = "BadRequestException", ["message"] = words }, Tags: 8),
    ];

    /// <remarks>Stands after the providers, who are initialised first.</remarks>
    internal static readonly CanaryFaults Faults = FindFaults();

    private static TimeSpan Patience => TimeSpan.FromSeconds(30);

    public static TheoryData<string> Names => Faults.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Reports_a_failed_call_without_what_was_said_in_it_P01_P02(string fault) => Faults.RunAsync(fault);

    [Fact]
    public void Every_provider_over_HTTP_is_here() =>
        s_providers.Should().HaveCount(Shipped.Types.Count(static type => type.IsSubclassOf(typeof(HttpMailTransport)) && !type.IsAbstract));

    private static CanaryFaults FindFaults()
    {
        var faults = new CanaryFaults();
        foreach (var name in s_providers.Select(static p => p.Name))
        {
            foreach (var status in (int[])[400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 503, 599])
            {
                faults.Add($"{name} answers {status} and repeats everything", cage => EchoAsync(cage, name, status));
            }

            Fails("an answer that is no JSON and repeats everything", Answer(500, Everything));
            Fails("a Retry-After that repeats the key", Answer(429, "{}", $"Retry-After: {Plants.Password}"));
            Fails("a redirect to an address that holds the key", Answer(302, "", $"Location: https://elsewhere.example/?{Uri.EscapeDataString(Plants.Password)}"));
            Fails("an answer that is not HTTP and repeats everything", (stream, _) => stream.WriteAsync(Encoding.UTF8.GetBytes($"{OneLine(Everything)}\r\n\r\n")).AsTask());
            Fails("a field that is none and repeats everything", Answer(500, "", $"{OneLine(Everything)}"));
            Fails("an answer that is lost", (_, _) => Task.CompletedTask);
            Fails("a connection that is reset amid the mail", static (stream, _) =>
            {
                stream.Socket.Close(0);
                return Task.CompletedTask;
            }, readsBody: false);
            Fails("an answer that ends in the middle", (stream, _) => stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 500 No\r\nContent-Length: 100000\r\n\r\n{Everything}")).AsTask());
            Fails("a very long answer", Answer(500, string.Concat(Enumerable.Repeat(Everything, 200))));
            Fails("a provider without TLS", Answer(200, ""), change: static address => new UriBuilder(address) { Scheme = "https" }.Uri);
            Fails("a port nobody listens on", Answer(200, ""), change: static _ => new Uri($"http://127.0.0.1:{ClosedPort()}"));
            Fails("a host that does not exist", Answer(200, ""), change: static _ => new Uri("https://provider.invalid"));
            Fails("an answer that is not what it says it is encoded as", Answer(500, Everything, "Content-Encoding: gzip"));
            faults.Add($"{name} repeats what stands in the mail", cage => EchoAsync(cage, name, 400, Mail(name), RelayEcho.ContentOf(Mail(name))));
            faults.Add($"{name} repeats what a template made of a model", cage => EchoAsync(cage, name, 400, Mail(name, isTemplate: true), [.. Plants.Model[3..10].Select(static c => c.Value), $"Hello {Plants.Model[0]}, {Plants.Model[8]}"]));
            faults.Add($"{name} repeats the whole request", cage => ReflectAsync(cage, name));
            faults.Add($"{name} is silent after the mail", cage => WaitAsync(cage, name, readsBody: true));
            faults.Add($"{name} is silent amid the mail", cage => WaitAsync(cage, name, readsBody: false));
            if (s_providers.Single(p => p.Name == name).Partial is { } partial)
            {
                faults.Add($"{name} takes it for some and repeats everything", async cage =>
                {
                    var words = "";
                    await using var server = new RawHttpServer((stream, request) => Answer(200, partial(words).ToJsonString())(stream, request));
                    var mailer = Mailer(cage, name, server.Address);
                    foreach (var word in RelayEcho.Addresses.Concat(RelayEcho.Personal).Concat(RelayEcho.ContentOf(Mail(name))).Append(Plants.Password))
                    {
                        words = word;
                        cage.Show(await mailer.SendAsync(Mail(name), CanaryFaults.Ct));
                    }
                });
            }

            faults.Add($"{name}: a success that repeats everything", async cage =>
            {
                await using var server = new RawHttpServer(Answer(200, JsonOf(name, Everything)));
                try
                {
                    cage.Show(await Mailer(cage, name, server.Address).SendAsync(Mail(name), CanaryFaults.Ct));
                }
                catch (MailDeliveryException failure)
                {
                    cage.Show(failure); // an error inside a success
                }
            });
            faults.Add($"{name}: a caller who gives up", async cage =>
            {
                using var patience = new CancellationTokenSource();
                var silent = new TaskCompletionSource();
                await using var server = new RawHttpServer(async (_, _) =>
                {
                    await patience.CancelAsync();
                    await silent.Task;
                });
                await cage.CatchAsync<Exception>(() => Mailer(cage, name, server.Address).SendAsync(Mail(name), patience.Token));
                silent.SetResult();
            });
            faults.Add($"{name}: mail it has no field for", async cage =>
                await cage.CatchAsync<MailDeliveryException>(() => Mailer(cage, name, new Uri("http://127.0.0.1:1")).SendAsync(Plants.Mail() with { EnvelopeSender = null }, CanaryFaults.Ct)));

            void Fails(string what, Func<NetworkStream, string, Task> act, bool readsBody = true, Func<Uri, Uri>? change = null) => faults.Add($"{name}: {what}", async cage =>
            {
                await using var server = new RawHttpServer(act, readsBody);
                await cage.CatchAsync<MailDeliveryException>(() => Mailer(cage, name, (change ?? (static a => a))(server.Address)).SendAsync(Mail(name), CanaryFaults.Ct));
            });
        }

        return faults;
    }

    private static string Everything => string.Join(' ', (string[])
    [
        .. RelayEcho.Disguises.SelectMany(d => RelayEcho.Addresses.Concat(RelayEcho.Personal).Append(Plants.Password).Select(d.Disguise)),
    ]);

    private static Task EchoAsync(CanaryCage cage, string name, int status) => EchoAsync(cage, name, status, Mail(name),
        [.. RelayEcho.Addresses.Where(static a => !a.Contains(Plants.EnvelopeSender.Address, StringComparison.Ordinal)), .. RelayEcho.Personal, Plants.Password]);

    /// <summary>Lets the provider repeat one thing after the other, so that each comes within what is kept of an answer.</summary>
    private static async Task EchoAsync(CanaryCage cage, string name, int status, EmailMessage mail, string[] all)
    {
        var words = "";
        await using var server = new RawHttpServer((stream, head) => Answer(status, JsonOf(name, $"No, {words} is wrong"))(stream, head));
        var mailer = Mailer(cage, name, server.Address);
        foreach (var (_, disguise) in RelayEcho.Disguises.Where(d => status is 400 or 503 || d.Form is "as it is"))
        {
            foreach (var word in all)
            {
                words = disguise(word);
                await cage.CatchAsync<MailDeliveryException>(() => mailer.SendAsync(mail, CanaryFaults.Ct));
            }
        }

        server.Requests.Should().BeGreaterThanOrEqualTo(all.Length);
    }

    /// <summary>Lets the provider quote what it was sent, from the beginning of one word after the other.</summary>
    private static async Task ReflectAsync(CanaryCage cage, string name)
    {
        var (from, end) = (0, 1);
        await using var server = new RawHttpServer((stream, request) =>
        {
            end = request.Length;
            from = Math.Min(from, request.Length);
            var word = request.AsSpan(from).IndexOfAny(" \r\n\"");
            return Answer(400, JsonOf(name, word < 0 ? "" : request[(from + word)..]))(stream, request);
        });
        var mailer = Mailer(cage, name, server.Address);
        for (; from < end; from += 149) await cage.CatchAsync<MailDeliveryException>(() => mailer.SendAsync(Mail(name), CanaryFaults.Ct));
    }

    /// <summary>Lets the transport's time run out.</summary>
    private static async Task WaitAsync(CanaryCage cage, string name, bool readsBody)
    {
        var clock = Some.Clock();
        var (reached, silent) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = new RawHttpServer(
            (_, _) =>
            {
                reached.TrySetResult();
                return silent.Task;
            },
            readsBody);
        var mail = readsBody ? Mail(name) : Mail(name) with { Attachments = [new EmailAttachment($"{Plants.FileNames[0]}.bin", new byte[6 * 1024 * 1024])] };
        var failing = cage.CatchAsync<MailDeliveryException>(() => Mailer(cage, name, server.Address, services => services.AddSingleton<TimeProvider>(clock)).SendAsync(mail, CanaryFaults.Ct));
        await reached.Task;
        while (!failing.IsCompleted)
        {
            clock.Advance(Patience);
            await Task.WhenAny(failing, Task.Delay(5, CanaryFaults.Ct));
        }

        silent.SetResult();
        await failing;
    }

    private static Func<NetworkStream, string, Task> Answer(int status, string body, string? field = null) => (stream, _) =>
    {
        var content = Encoding.UTF8.GetBytes(body);
        byte[] answer = [.. Encoding.UTF8.GetBytes($"HTTP/1.1 {status} Answer\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {content.Length}\r\n{(field is null ? "" : $"{field}\r\n")}\r\n"), .. content];
        return stream.WriteAsync(answer).AsTask();
    };

    private static string OneLine(string text) => text.Replace("\n", " ", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal);

    private static string JsonOf(string name, string words) => s_providers.Single(p => p.Name == name).Error(words).ToJsonString();

    /// <summary>The planted mail, without what this provider has no field for.</summary>
    private static EmailMessage Mail(string name, bool isTemplate = false) => (isTemplate ? Plants.TemplateMail() : Plants.Mail()) with
    {
        EnvelopeSender = null,
        Tags = [.. Plants.Mail().Tags.Take(s_providers.Single(p => p.Name == name).Tags)],
        ProviderOptions = new Dictionary<string, string>(),
    };

    private static ITransactionalMailer Mailer(CanaryCage cage, string name, Uri address, Action<IServiceCollection>? configure = null)
    {
        var services = Plants.Services(cage, mail => s_providers.Single(p => p.Name == name).Add(mail, address)
            .LimitTransport("provider", static limits => limits.CoolDown = limits.MaxCoolDown = TimeSpan.FromTicks(1))
            .AddTemplates(new InMemoryFiles
            {
                ["mail.subject.liquid"] = "Your order",
                ["mail.txt.liquid"] = "Hello {{ name }}, {{ order.id }}: {{ list | join: '\n' }}",
                ["mail.html.liquid"] = "<p>Hello {{ name }}, {{ order.id }}: {{ order.note.text }}</p>",
            }));
        services.ConfigureHttpClientDefaults(static client => client.RedactLoggedHeaders(static _ => false)); // as an application may do to see more
        configure?.Invoke(services);
        return services.BuildServiceProvider().GetRequiredService<ITransactionalMailer>();
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed record Provider(string Name, Func<TransactionalMailBuilder, Uri, TransactionalMailBuilder> Add, Func<string, JsonObject> Error, int Tags, Func<string, JsonObject>? Partial = null);
}
