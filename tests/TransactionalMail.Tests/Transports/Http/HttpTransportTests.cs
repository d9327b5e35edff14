using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace TransactionalMail.Tests.Transports.Http;

/// <summary>What holds for every provider over HTTP. Inherit it for each; H numbers are rows of the fault list.</summary>
public abstract class HttpTransportTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("120", 120)]
    [InlineData("0", 0)]
    [InlineData("Tue, 24 Nov 2026 10:01:30 GMT", 90)]
    [InlineData("Tue, 24 Nov 2026 09:00:00 GMT", null)]
    [InlineData("-5", null)]
    [InlineData("1.5", null)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    [InlineData("99999999999", 86400)]
    [InlineData("99999999999999999999999999999999999999", 86400)]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", 86400)]
    public async Task Waits_as_long_as_the_provider_asks_where_it_asks_sensibly_H01_H02(string retryAfter, int? seconds)
    {
        using var lab = Lab().Answers(HttpStatusCode.TooManyRequests, "{}", ("Retry-After", retryAfter));

        var failure = await lab.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Throttled);
        failure.RetryAfter.Should().Be(seconds is { } s ? TimeSpan.FromSeconds(s) : null);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(599)]
    public async Task A_server_that_fails_is_tried_again_H03(int status)
    {
        using var lab = Lab().Answers((HttpStatusCode)status, "<html>oops</html>");

        var failure = await lab.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Unavailable);
        failure.IsTransient.Should().BeTrue();
        failure.MayHaveBeenAccepted.Should().BeFalse();
        failure.ProviderCode.Should().Be($"{status}");
    }

    [Theory]
    [InlineData(400, TransportFailure.MessageRejected)]
    [InlineData(401, TransportFailure.Authentication)]
    [InlineData(402, TransportFailure.QuotaExceeded)]
    [InlineData(403, TransportFailure.Authentication)]
    [InlineData(404, TransportFailure.SenderRejected)]
    [InlineData(408, TransportFailure.Timeout)]
    [InlineData(413, TransportFailure.MessageTooLarge)]
    [InlineData(422, TransportFailure.MessageRejected)]
    public async Task Understands_a_status_without_a_code_H04(int status, TransportFailure expected)
    {
        using var lab = Lab().Answers((HttpStatusCode)status, "not json");

        (await lab.FailureAsync()).Failure.Should().Be(Meaning(status, expected));
    }

    [Fact]
    public async Task A_refused_key_is_not_offered_again_at_once_H04()
    {
        using var lab = Lab().Answers(HttpStatusCode.Unauthorized, "{}");

        await lab.FailureAsync();
        await lab.FailureAsync();

        lab.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task A_reply_lost_after_the_mail_went_out_leaves_doubt_H05()
    {
        await using var server = new RawHttpServer((stream, _) => Task.CompletedTask);
        using var lab = Lab(server);

        var failure = await lab.FailureAsync();

        (failure.Failure, failure.MayHaveBeenAccepted).Should().Be((TransportFailure.Network, true));
        failure.Message.Should().Contain("whether it was accepted is unknown");
        server.Requests.Should().Be(1, "nothing underneath repeats a request");
    }

    [Fact]
    public async Task A_connection_that_breaks_amid_the_mail_leaves_none_H05()
    {
        await using var server = new RawHttpServer((stream, _) =>
        {
            stream.Socket.Close(0);
            return Task.CompletedTask;
        }, readsBody: false);
        using var lab = Lab(server);

        var failure = await lab.FailureAsync(Some.Email() with { Attachments = [new EmailAttachment("a.bin", new byte[7 * 1024 * 1024])] });

        (failure.Failure, failure.MayHaveBeenAccepted).Should().Be((TransportFailure.Network, false));
    }

    [Fact]
    public async Task A_provider_that_is_silent_after_the_mail_leaves_doubt_H05()
    {
        var silent = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        await using var server = new RawHttpServer((_, _) =>
        {
            reached.SetResult();
            return silent.Task;
        });
        using var lab = Lab(server);

        var sending = lab.FailureAsync();
        await reached.Task;
        while (!sending.IsCompleted)
        {
            lab.Clock.Advance(TimeSpan.FromSeconds(30));
            await Task.WhenAny(sending, Task.Delay(5, s_ct));
        }

        var failure = await sending;
        silent.SetResult();
        (failure.Failure, failure.MayHaveBeenAccepted).Should().Be((TransportFailure.Timeout, true));
    }

    [Fact]
    public async Task A_provider_nobody_reaches_leaves_no_doubt_H06()
    {
        var server = new RawHttpServer((_, _) => Task.CompletedTask);
        var address = server.Address;
        await server.DisposeAsync();
        using var closed = Lab(address);
        using var unknown = Lab(new Uri("https://provider.invalid"));

        var refused = await closed.FailureAsync();
        var nowhere = await unknown.FailureAsync();

        (refused.Failure, refused.MayHaveBeenAccepted).Should().Be((TransportFailure.Network, false));
        (nowhere.Failure, nowhere.MayHaveBeenAccepted).Should().Be((TransportFailure.Network, false));
    }

    [Fact]
    public async Task A_provider_without_tls_gets_no_key_H06()
    {
        string? seen = null;
        await using var server = new RawHttpServer((_, head) =>
        {
            seen = head;
            return Task.CompletedTask;
        });
        using var lab = Lab(new UriBuilder(server.Address) { Scheme = "https" }.Uri);

        var failure = await lab.FailureAsync();

        (failure.Failure, failure.MayHaveBeenAccepted).Should().Be((TransportFailure.Tls, false));
        seen.Should().BeNull();
    }

    [Theory]
    [InlineData("{\"MessageID\":\"0a12")]
    [InlineData("<html>proxied</html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task A_success_that_cannot_be_read_is_a_success_without_an_id_H07(string body)
    {
        using var lab = Lab().Answers(HttpStatusCode.OK, body);

        var outcome = (await lab.SendAsync(Some.Email())).Recipients.Should().ContainSingle().Which;

        outcome.Status.Should().Be(RecipientStatus.Accepted);
        outcome.ProviderMessageId.Should().BeNull();
        lab.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task A_success_cut_off_in_its_body_is_a_success_H07()
    {
        await using var server = new RawHttpServer(async (stream, _) => await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"Message"u8.ToArray()));
        using var lab = Lab(server);

        (await lab.SendAsync(Some.Email())).Recipients[0].Status.Should().Be(RecipientStatus.Accepted);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_success_that_is_not_encoded_as_it_says_is_a_success_H07(string encoding)
    {
        await using var server = new RawHttpServer(async (stream, _) => await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: 10\r\n\r\n{{\"no\":\"no\"")));
        using var lab = Lab(server);

        (await lab.SendAsync(Some.Email())).Recipients[0].Status.Should().Be(RecipientStatus.Accepted);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Follows_no_redirect_for_the_key_would_travel_along_H09(int status)
    {
        await using var elsewhere = new RawHttpServer((_, _) => Task.CompletedTask);
        await using var server = new RawHttpServer(async (stream, _) => await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Elsewhere\r\nLocation: {elsewhere.Address}\r\nContent-Length: 0\r\n\r\n")));
        using var lab = Lab(server);

        (await lab.FailureAsync()).Failure.Should().Be(TransportFailure.SenderRejected);
        elsewhere.Requests.Should().Be(0);
    }

    [Fact]
    public async Task Reads_no_endless_answer_H10()
    {
        long written = 0;
        await using var server = new RawHttpServer(async (stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"u8.ToArray());
            for (var block = new byte[65536]; written < 1_073_741_824; written += block.Length) await stream.WriteAsync(block);
        });
        using var lab = Lab(server);
        var before = GC.GetTotalAllocatedBytes();

        (await lab.SendAsync(Some.Email())).Recipients[0].Status.Should().Be(RecipientStatus.Accepted);

        written.Should().BeLessThan(64 * 1024 * 1024);
        (GC.GetTotalAllocatedBytes() - before).Should().BeLessThan(200 * 1024 * 1024);
    }

    [Fact]
    public async Task A_caller_who_gives_up_before_the_mail_went_out_has_sent_nothing_H11()
    {
        using var lab = Lab();
        using var patience = new CancellationTokenSource();
        await patience.CancelAsync();

        var sending = () => lab.SendAsync(Some.Email(), patience.Token);

        await sending.Should().ThrowAsync<OperationCanceledException>();
        lab.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_caller_who_gives_up_after_the_mail_went_out_is_told_of_the_doubt_H11()
    {
        using var patience = new CancellationTokenSource();
        var silent = new TaskCompletionSource();
        await using var server = new RawHttpServer(async (_, _) =>
        {
            await patience.CancelAsync();
            await silent.Task;
        });
        using var lab = Lab(server);

        var sending = () => lab.SendAsync(Some.Email(), patience.Token);

        var failure = (await sending.Should().ThrowAsync<MailDeliveryException>()).Which;
        silent.SetResult();
        failure.MayHaveBeenAccepted.Should().BeTrue();
    }

    [Fact]
    public async Task Handlers_an_application_adds_to_every_client_do_not_repeat_our_mail()
    {
        await using var server = new RawHttpServer(async (stream, _) => await stream.WriteAsync("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"u8.ToArray()));
        using var lab = Lab(server, services => services.ConfigureHttpClientDefaults(client => client.AddHttpMessageHandler(() => new Repeating())));

        (await lab.FailureAsync()).Failure.Should().Be(TransportFailure.Unavailable);

        server.Requests.Should().Be(1);
    }

    /// <summary>Adds the transport, with a key.</summary>
    /// <param name="mail">The builder.</param>
    /// <param name="address">Where the API is, or <see langword="null"/> for the provider's own address.</param>
    private protected abstract void Add(TransactionalMailBuilder mail, Uri? address);

    /// <summary>Returns what a status without a body means, where the provider gives it a meaning of its own.</summary>
    private protected virtual TransportFailure Meaning(int status, TransportFailure usual) => usual;

    private HttpLab Lab() => new() { Transport = mail => Add(mail, null) };

    private HttpLab Lab(RawHttpServer server, Action<IServiceCollection>? configure = null) => Lab(server.Address, configure);

    private HttpLab Lab(Uri address, Action<IServiceCollection>? configure = null) => new()
    {
        Transport = mail => Add(mail, address),
        IsReal = true,
        Configure = configure ?? (static _ => { }),
    };

    /// <summary>As resilience handlers do.</summary>
    private sealed class Repeating : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await base.SendAsync(request, cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
