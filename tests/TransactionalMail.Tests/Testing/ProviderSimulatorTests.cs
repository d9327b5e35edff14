using System.Net;
using System.Net.Http.Headers;
using System.Text;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Testing;

/// <summary>The simulators notice what the providers would; the requests are written by hand, not by our adapters.</summary>
public sealed class ProviderSimulatorTests : IDisposable
{
    private const string SendGrid = """{"personalizations":[{"to":[{"email":"a@example.com"}]}],"from":{"email":"f@example.com"},"subject":"s","content":[{"type":"text/plain","value":"hi"}],"custom_args":{"order":"42"}}""";
    private const string Postmark = """{"From":"a@example.com","To":"b@example.com","Subject":"s","TextBody":"x"}""";
    private const string Mime = "From: a@example.com\r\nTo: b@example.com\r\nSubject: s\r\n\r\nhi\r\n";

    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly HttpClient _client = new();

    [Theory]
    [InlineData("", "", 202)]
    [InlineData("\"from\":{\"email\":\"f@example.com\"},", "", 400)]
    [InlineData("f@example.com", "nobody", 400)]
    [InlineData("\"subject\":\"s\",", "", 400)]
    [InlineData("\"subject\"", "\"Subject\"", 400)]
    [InlineData("[{\"email\":\"a@example.com\"}]", "[]", 400)]
    [InlineData("[{\"email\":\"a@example.com\"}]", "[{\"email\":\"a@example.com\"},{\"email\":\"A@example.com\"}]", 400)]
    [InlineData("\"email\":\"a@example.com\"", "\"email\":\"a@example.com\",\"name\":\"Doe, Ann\"", 400)]
    [InlineData("\"value\":\"hi\"", "\"value\":\"\"", 400)]
    [InlineData("{\"type\":\"text/plain\",\"value\":\"hi\"}", "{\"type\":\"text/html\",\"value\":\"hi\"},{\"type\":\"text/plain\",\"value\":\"hi\"}", 400)]
    [InlineData("{\"order\":\"42\"}", "{\"order\":42}", 400)]
    [InlineData("{\"order\":\"42\"}", "{}", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"headers\":{\"DKIM-Signature\":\"v=1\"}", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"categories\":[\"größe\"]", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"attachments\":[{\"content\":\"aGk=\",\"filename\":\"x\",\"disposition\":\"INLINE\"}]", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"attachments\":[{\"content\":\"*\",\"filename\":\"x\"}]", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"mail_settings\":{\"sandbox_mode\":{\"enable\":\"true\"}}", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"mail_settings\":{\"sandbox_mode\":{\"enable\":true}}", 200)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"attachments\":[{\"content\":\"aGk=\",\"filename\":\"x\",\"contentId\":\"a\"}]", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"attachments\":[\"aGk=\"]", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"subject\":\"t\"", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":null", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"categories\":[\"\\ud800\"]", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"template_id\":\"d-1\"", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"asm\":{\"group_id\":1.5}", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"asm\":{\"group_id\":1}", 202)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"reply_to\":{\"email\":\"nobody\"}", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"reply_to\":{\"email\":\"r@example.com\"}", 202)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"reply_to_list\":[{\"email\":\"r@example.com\"},{\"email\":\"r@example.com\"}]", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"mail_settings\":{\"sandbox\":{\"enable\":true}}", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"mail_settings\":{\"sandbox_mode\":true}", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"tracking_settings\":{\"clicks\":{\"enable\":true}}", 400)]
    [InlineData("\"subject\":\"s\"", "\"subject\":\"s\",\"tracking_settings\":{\"click_tracking\":{\"enable\":true,\"enable_text\":false}}", 202)]
    [InlineData("\"a@example.com\"", "5", 400)]
    [InlineData("[{\"to\":[{\"email\":\"a@example.com\"}]}]", "[\"a@example.com\"]", 400)]
    [InlineData("[{\"to\":[{\"email\":\"a@example.com\"}]}]", "[null]", 400)]
    [InlineData("\"}]}]", "\"}],\"Cc\":[{\"email\":\"c@example.com\"}]}]", 400)]
    [InlineData("\"}]}]", "\"}],\"cc\":[{\"email\":\"A@example.com\"}]}]", 400)]
    [InlineData("\"}]}]", "\"}],\"cc\":[{\"email\":\"c@example.com\",\"name\":\"\\\"Cee, C.\\\"\"}]}]", 202)]
    [InlineData("\"value\":\"hi\"", "\"value\":5", 400)]
    [InlineData("{\"type\":\"text/plain\",\"value\":\"hi\"}", "\"hi\"", 400)]
    [InlineData("{\"type\":\"text/plain\",\"value\":\"hi\"}", "{\"type\":\"text/calendar\",\"value\":\"x\"},{\"type\":\"text/html\",\"value\":\"hi\"}", 400)]
    [InlineData("\"type\":\"text/plain\",", "", 400)]
    [InlineData("text/plain", "text/plain; charset=utf-8", 400)]
    [InlineData("}]}]", "", 400)]
    public async Task SendGrid_judges_the_body(string right, string other, int status)
    {
        await using var sendGrid = new SendGridSimulator();

        (await PostAsync(sendGrid, "/v3/mail/send", Json(SendGrid, right, other), "Bearer", "simulated-key")).Should().Be(status);

        sendGrid.Mails.Should().HaveCount(status == 202 ? 1 : 0);
    }

    [Theory]
    [InlineData("\"a@example.com\"", "[]", "personalizations.0.to.0.email", "Invalid type. Expected: string, given: array.")]
    [InlineData("\"value\":\"hi\"", "\"value\":\"\"", "content.0.value", "The content value must be a string at least one character in length.")]
    public async Task SendGrid_says_where_and_what_is_wrong(string right, string other, string field, string message)
    {
        await using var sendGrid = new SendGridSimulator();
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "simulated-key");

        using var response = await _client.PostAsync(new Uri(sendGrid.BaseAddress, "/v3/mail/send"), Json(SendGrid, right, other), s_ct);

        (await response.Content.ReadAsStringAsync(s_ct)).Should().Be($$"""{"errors":[{"message":"{{message}}","field":"{{field}}","help":null}]}""");
    }

    [Fact]
    public async Task SendGrid_takes_UTF_8_only()
    {
        await using var sendGrid = new SendGridSimulator();
        using var latin1 = new ByteArrayContent(Encoding.Latin1.GetBytes(SendGrid.Replace("hi", "für", StringComparison.Ordinal)));
        latin1.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        (await PostAsync(sendGrid, "/v3/mail/send", latin1, "Bearer", "simulated-key")).Should().Be(400);
    }

    [Theory]
    [InlineData("Bearer", "other-key", "/v3/mail/send", 401)]
    [InlineData("Basic", "simulated-key", "/v3/mail/send", 401)]
    [InlineData("Bearer", "simulated-key", "/v3/mail/sent", 404)]
    public async Task SendGrid_asks_for_the_key_and_the_path(string scheme, string key, string path, int status)
    {
        await using var sendGrid = new SendGridSimulator();

        (await PostAsync(sendGrid, path, Json(SendGrid), scheme, key)).Should().Be(status);
    }

    [Theory]
    [InlineData("", "", 200)]
    [InlineData("\"From\":\"a@example.com\",", "", 422)]
    [InlineData("\"To\":\"b@example.com\",", "", 422)]
    [InlineData("TextBody", "Textbody", 422)]
    [InlineData(",\"TextBody\":\"x\"", "", 422)]
    [InlineData("\"x\"}", "", 422)]
    [InlineData("\"a@example.com\"", "5", 422)]
    [InlineData("\"a@example.com\"", "\"nobody\"", 422)]
    [InlineData("\"b@example.com\"", "[\"b@example.com\"]", 422)]
    [InlineData("\"Subject\":\"s\"", "\"Subject\":\"s\",\"Subject\":\"t\"", 422)]
    [InlineData("\"Subject\":\"s\"", "\"Subject\":\"s\",\"Metadata\":{\"a\":1}", 422)]
    [InlineData("\"Subject\":\"s\"", "\"Subject\":\"s\",\"TrackLinks\":\"Yes\"", 422)]
    public async Task Postmark_judges_the_body(string right, string other, int status)
    {
        await using var postmark = new PostmarkSimulator();
        var content = Json(Postmark, right, other);
        content.Headers.Add("X-Postmark-Server-Token", "simulated-token");

        (await PostAsync(postmark, "/email", content)).Should().Be(status);

        postmark.Mails.Should().HaveCount(status == 200 ? 1 : 0);
    }

    [Theory]
    [InlineData("to=b@example.com,c@example.com", 200)]
    [InlineData("to=b@example.com|o:tag=a|v:order=42|o:tracking=htmlonly", 200)]
    [InlineData("o:tag=a", 400)]
    [InlineData("to=nobody", 400)]
    [InlineData("to=b@example.com|tag=a", 400)]
    [InlineData("to=b@example.com|o:tracking-opens=htmlonly", 400)]
    [InlineData("to=b@example.com|o:testmode=true", 400)]
    [InlineData("to=b@example.com|o:tag=größe", 400)]
    [InlineData("to=b@example.com|o:tag=a|o:tag=b|o:tag=c|o:tag=d|o:tag=e|o:tag=f|o:tag=g|o:tag=h|o:tag=i|o:tag=j", 200)]
    [InlineData("to=b@example.com|o:tag=a|o:tag=b|o:tag=c|o:tag=d|o:tag=e|o:tag=f|o:tag=g|o:tag=h|o:tag=i|o:tag=j|o:tag=k", 400)]
    [InlineData("to=b@example.com|message=no file", 400)]
    public async Task Mailgun_judges_the_form(string fields, int status)
    {
        await using var mailgun = new MailgunSimulator();
        using var form = Form(fields.Split('|'));

        (await PostAsync(mailgun, "/v3/mg.example.com/messages.mime", form, "Basic", Convert.ToBase64String("api:simulated-key"u8))).Should().Be(status);

        mailgun.Mails.Should().HaveCount(status == 200 ? 1 : 0);
        if (status == 200) Encoding.ASCII.GetString(mailgun.Mails[0].Raw.Span).Should().Be(Mime);
    }

    [Theory]
    [InlineData("api:other-key", "mg.example.com", 401)]
    [InlineData("simulated-key", "mg.example.com", 401)]
    [InlineData("api:simulated-key", "other.example.com", 404)]
    public async Task Mailgun_asks_for_the_key_and_the_domain(string credentials, string domain, int status)
    {
        await using var mailgun = new MailgunSimulator();
        using var form = Form(["to=b@example.com"]);

        (await PostAsync(mailgun, $"/v3/{domain}/messages.mime", form, "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(credentials)))).Should().Be(status);
    }

    [Fact]
    public async Task Answers_as_it_is_told_next_and_always_and_keeps_every_request()
    {
        await using var sendGrid = new SendGridSimulator();
        sendGrid.AnswerNext(new SimulatedAnswer(HttpStatusCode.TooManyRequests, "", "7"));
        sendGrid.AnswerAlways(new SimulatedAnswer(HttpStatusCode.BadGateway, "<html>") { ContentType = "text/html" });

        var statuses = new List<int>();
        for (var i = 0; i < 3; i++) statuses.Add(await PostAsync(sendGrid, "/v3/mail/send", Json(SendGrid), "Bearer", "simulated-key"));
        sendGrid.AnswerAlways(null);
        statuses.Add(await PostAsync(sendGrid, "/v3/mail/send", Json(SendGrid), "Bearer", "simulated-key"));

        statuses.Should().Equal(429, 502, 502, 202);
        sendGrid.Requests.Should().HaveCount(4).And.OnlyContain(r => r.Text == SendGrid && r.Method == "POST" && r.Headers["authorization"] == "Bearer simulated-key");
        sendGrid.Requests[0].ToString().Should().Be("POST /v3/mail/send");
    }

    public void Dispose() => _client.Dispose();

    private static StringContent Json(string body, string right = "", string other = "")
    {
        var text = right.Length == 0 ? body : body.Replace(right, other, StringComparison.Ordinal);
        if (right.Length > 0) text.Should().NotBe(body);
        return new StringContent(text, Encoding.UTF8, "application/json");
    }

    private static MultipartFormDataContent Form(IEnumerable<string> fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var field in fields.Select(f => f.Split('=', 2))) form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(field[1])), $"\"{field[0]}\"");
        if (!fields.Any(f => f.StartsWith("message=", StringComparison.Ordinal))) form.Add(new ByteArrayContent(Encoding.ASCII.GetBytes(Mime)), "\"message\"", "\"a.eml\"");
        return form;
    }

    private async Task<int> PostAsync(ProviderSimulator provider, string path, HttpContent content, string? scheme = null, string? credentials = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(provider.BaseAddress, path)) { Content = content };
        if (content.Headers.TryGetValues("X-Postmark-Server-Token", out var token))
        {
            request.Headers.Add("X-Postmark-Server-Token", token);
            content.Headers.Remove("X-Postmark-Server-Token");
        }

        if (scheme is not null) request.Headers.Authorization = new AuthenticationHeaderValue(scheme, credentials);
        using var response = await _client.SendAsync(request, s_ct);
        return (int)response.StatusCode;
    }
}
