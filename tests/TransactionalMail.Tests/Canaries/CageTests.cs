using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TransactionalMail.Diagnostics;
using TransactionalMail.Tests.Transports.Http;

namespace TransactionalMail.Tests.Canaries;

/// <summary>Leaks on purpose: a harness that misses one of these would prove nothing.</summary>
[Collection(nameof(CanaryCage))]
public sealed class CageTests : IDisposable
{
    private readonly CanaryCage _cage = new();

    [Theory]
    [InlineData(LogLevel.Trace, false)]
    [InlineData(LogLevel.Debug, false)]
    [InlineData(LogLevel.Information, true)]
    [InlineData(LogLevel.Critical, true)]
    public void Hears_secrets_in_a_log_at_every_level_and_personal_data_from_Information_up_P01_P02(LogLevel level, bool isPersonalHeard)
    {
        var logger = Logger();

        logger.Log(level, default, "state", null, (_, _) => $"Password {Plants.Password}, recipient {Plants.To[0]}, text {Plants.Text[0]}");

        Leaked("log").Should().Contain("SMTP password").And.Contain("TextBody[0]");
        Leaked("log").Contains("To[0] domain").Should().Be(isPersonalHeard);
    }

    [Fact]
    public void Hears_values_that_the_formatted_message_does_not_show_P02()
    {
        KeyValuePair<string, object?>[] state = [new("Recipients", Plants.To)];

        Logger().Log(LogLevel.Information, default, state, null, (_, _) => "Sent.");

        Leaked("log").Should().Contain("To[7] local part");
    }

    [Fact]
    public void Hears_the_scopes_of_a_log_P02()
    {
        Logger().BeginScope(new Dictionary<string, object> { ["Subject"] = Plants.Mail().Subject! });

        Leaked("log").Should().Equal("Subject");
    }

    [Fact]
    public void Hears_the_exception_of_a_log_entry_P01()
    {
        var exception = new InvalidOperationException("x", new IOException(Plants.Password));

        Logger().Log(LogLevel.Debug, default, "", exception, (_, _) => "");

        Leaked("log").Should().Equal("SMTP password");
    }

    [Fact]
    public async Task Hears_messages_data_and_inner_exceptions_P01_P02()
    {
        await _cage.CatchAsync<AggregateException>(() => throw new AggregateException(
            new IOException(Plants.Tags[0].Value),
            new SilentException { Data = { ["sql"] = $"INSERT '{Plants.Metadata[0]}'" } },
            new SilentException(new IOException(Plants.UserName))));

        Leaked("exception").Should().Equal("SMTP user name", "metadata value[0]", "tag[0]");
    }

    [Fact]
    public void Hears_tags_events_names_and_status_of_spans_P01_P02()
    {
        using var source = new ActivitySource(MailTelemetry.Name);
        using (var span = source.StartActivity($"send {Plants.Subject}"))
        {
            span!.SetTag("to", Plants.To).SetTag("user", Plants.UserName).AddBaggage("tag", Plants.Tags[1].Value)
                .AddEvent(new ActivityEvent("refused", tags: new() { ["said"] = Plants.Text[0].Value })).SetStatus(ActivityStatusCode.Error, Plants.Html[1].Value);
        }

        Leaked("trace").Should().Contain(["Subject", "To[3] name", "SMTP user name", "tag[1]", "TextBody[0]", "HtmlBody[1]"]);
    }

    [Fact]
    public void Hears_the_tags_of_measurements_P02()
    {
        using var meter = new Meter(MailTelemetry.Name);
        meter.CreateCounter<long>("sent").Add(1, new KeyValuePair<string, object?>("recipient", Plants.Bcc[0].Address));
        meter.CreateObservableGauge("depth", () => new Measurement<int>(1, new KeyValuePair<string, object?>("key", Plants.IdempotencyKey)));

        Leaked("metric").Should().Equal("Bcc[0] domain", "Bcc[0] local part", "IdempotencyKey");
    }

    [Fact]
    public void Hears_what_an_object_says_and_what_stands_in_properties_that_promise_to_be_clean_P02()
    {
        _cage.Show(new EmailValidationError("To", Plants.To[0].Address));
        _cage.Show(new[] { new RecipientOutcome(Plants.Cc[0], RecipientStatus.Rejected, "smtp", null, $"550 no {Plants.Cc[0].LocalPart}") });

        Leaked("ToString").Should().Equal("To[0] domain", "To[0] local part");
        Leaked("RecipientOutcome.Diagnostic").Should().Equal("Cc[0] local part");
    }

    /// <remarks>Redaction changes the text of an entry and not its values, so it is no way to let a client with a key log at Trace.</remarks>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hears_the_log_and_the_traces_of_HTTP_clients_P01(bool isRedacted)
    {
        var services = new ServiceCollection();
        _cage.Watch(services);
        services.AddHttpClient("leak").RedactLoggedHeaders(_ => isRedacted);
        await using var provider = services.BuildServiceProvider();
        await using var server = new RawHttpServer(static (stream, _) => stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray()).AsTask());
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("leak");
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {Plants.Password}");

        await client.PostAsync(new Uri(server.Address, $"/{Plants.Misplaced}"), new StringContent(""), TestContext.Current.CancellationToken);

        Leaked("log").Should().Contain("SMTP password");
        Leaked("trace").Should().Contain("secret in the wrong setting");
        Leaked("event").Should().Contain(["SMTP password", "secret in the wrong setting"]);
    }

    [Fact]
    public async Task Hears_what_the_runtime_quotes_of_an_answer_that_is_no_HTTP_P01_P02()
    {
        await using var server = new RawHttpServer(static (stream, _) => stream.WriteAsync(Encoding.UTF8.GetBytes($"{Plants.Token} {Plants.Subject}\r\n\r\n")).AsTask());
        using var client = new HttpClient();

        await _cage.CatchAsync<HttpRequestException>(() => client.PostAsync(server.Address, new StringContent(""), TestContext.Current.CancellationToken));

        foreach (var channel in (string[])["exception", "trace", "event"]) Leaked(channel).Should().Contain(["OAuth token", "Subject"]);
    }

    [Fact]
    public async Task Hears_a_transport_that_leaks_into_exceptions_events_and_queue_P01_P02()
    {
        using var lab = DeliveryCanaryTests.Lab(_cage);
        for (var i = 0; i < 60; i++) lab.Primary.Does((mail, _) => throw new MailTransportException(TransportFailure.MessageRejected, "primary", $"{Plants.Password} refused {mail.Message.Subject}"));

        await DeliveryCanaryTests.FailAsync(_cage, lab);

        Leaked("exception").Should().Contain(["SMTP password", "Subject"]);
        Leaked("log").Should().Contain(["SMTP password", "Subject"]);
        Leaked("OutboxEntry.LastFailure").Should().Contain("Subject");
        Leaked("MailFailed.Diagnostic").Should().Contain("Subject");
        Leaked("ToString").Should().Contain("SMTP password", "an exception says what it holds");
    }

    public static TheoryData<string, string> Encodings => new(
        ("as it is", Plants.Password),
        ("upper case", Plants.Password.ToUpperInvariant()),
        ("base64", Convert.ToBase64String(Encoding.UTF8.GetBytes(Plants.Password))),
        ("base64 of an AUTH PLAIN", Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0relay\0{Plants.Password}"))),
        ("base64 in the middle of something", Convert.ToBase64String(Encoding.UTF8.GetBytes($"ab{Plants.Password}"))),
        ("base64 of the upper case", Convert.ToBase64String(Encoding.UTF8.GetBytes(Plants.Password.ToUpperInvariant()))),
        ("quoted-printable", string.Concat(Plants.Password.Select(c => $"={(int)c:X2}"))),
        ("folded quoted-printable", string.Join("=\r\n", Plants.Password.Chunk(5).Select(c => new string(c)))),
        ("percent-encoded", string.Concat(Plants.Password.Select(c => $"%{(int)c:x2}"))),
        ("JSON", JsonSerializer.Serialize(Plants.Password)),
        ("JSON of code points", string.Concat(Plants.Password.Select(c => $"\\u{(int)c:x4}"))),
        ("backslashes", string.Concat(Plants.Password.Select(c => $"\\{c}")).Replace(@"\u", "u", StringComparison.Ordinal)),
        ("HTML", string.Concat(Plants.Password.Select(c => $"&#{(int)c};"))),
        ("split across lines", string.Join("\r\n", Plants.Password.Chunk(4).Select(c => new string(c)))),
        ("first half", Plants.Password[..16]),
        ("second half", Plants.Password[15..]));

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Hears_a_secret_in_every_disguise_P01(string disguise, string text)
    {
        Logger().Log(LogLevel.Trace, default, "", null, (_, _) => $"The relay said {text} and more.");

        Leaked("log").Should().Equal(["SMTP password"], disguise);
    }

    [Fact]
    public void Hears_every_canary_there_is_P01_P02()
    {
        Logger().Log(LogLevel.Information, default, "", null, (_, _) => string.Join(' ', Plants.All));

        _cage.Leaks.Select(l => l.Canary).Should().BeEquivalentTo(Plants.All);
    }

    [Fact]
    public void Hears_nothing_in_innocent_text()
    {
        Logger().Log(LogLevel.Information, default, "", null, (_, _) => string.Concat(Enumerable.Range(0, 500).Select(_ => $"{Guid.NewGuid()} ")));

        _cage.Leaks.Should().BeEmpty();
    }

    public void Dispose() => _cage.Dispose();

    private ILogger Logger() => _cage.CreateLogger("leak");

    private IEnumerable<string> Leaked(string channel) => _cage.Leaks.Where(l => l.Channel == channel).Select(l => l.Canary.Place).Distinct().Order(StringComparer.Ordinal);

    private sealed class SilentException(Exception? inner = null) : Exception("x", inner)
    {
        public override string ToString() => "";
    }
}
