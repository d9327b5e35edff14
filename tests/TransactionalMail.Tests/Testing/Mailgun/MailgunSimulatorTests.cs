using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Testing.Mailgun;

/// <summary>Requests written by hand: what the simulator lets through, users' tests let through.</summary>
public sealed class MailgunSimulatorTests : IAsyncDisposable
{
    private const string Mime = "From: Acme <no-reply@acme.example>\r\nTo: ada@example.com\r\nMessage-ID: <42@acme.example>\r\nSubject: Hello\r\n\r\nHello\r\n";

    private readonly MailgunSimulator _mailgun = new();
    private readonly HttpClient _client = new();

    [Fact]
    public async Task Accepts_what_Mailgun_accepts_and_says_what_came()
    {
        var (status, answer) = await PostAsync(Form(("to", "Ada <ada@example.com>, bob@example.com"), ("to", "ADA <ada@example.com>"), ("o:tag", "a"), ("o:tag", "b"), ("v:order", "42 Ω")));

        status.Should().Be(HttpStatusCode.OK);
        JsonNode.DeepEquals(JsonNode.Parse(answer), JsonNode.Parse("""{"id":"<42@acme.example>","message":"Queued. Thank you."}""")).Should().BeTrue(answer);
        var mail = _mailgun.Mails.Should().ContainSingle().Which;
        mail.Recipients.Should().Equal("ada@example.com", "bob@example.com");
        mail.Settings.Select(s => $"{s.Key}={s.Value}").Should().Equal("o:tag=a", "o:tag=b", "v:order=42 Ω");
        Encoding.UTF8.GetString(mail.Raw.Span).Should().Be(Mime);
        mail.ToString().Should().NotContain("ada").And.NotContain("Hello");
    }

    [Fact]
    public async Task Gives_an_id_to_a_mail_without_one()
    {
        var (_, answer) = await PostAsync(Form(Mime.Replace("Message-ID: <42@acme.example>\r\n", "", StringComparison.Ordinal), ("to", "ada@example.com")));

        ((string?)JsonNode.Parse(answer)!["id"]).Should().MatchRegex("^<.+@mg.example.com>$");
    }

    [Fact]
    public async Task Keeps_no_mail_in_test_mode()
    {
        (await PostAsync(Form(("to", "ada@example.com"), ("o:testmode", "yes")))).Status.Should().Be(HttpStatusCode.OK);
        _mailgun.Mails.Should().BeEmpty();
    }

    [Theory]
    [InlineData("o:testmode", "true")]
    [InlineData("o:tracking", "on")]
    [InlineData("o:tracking-opens", "htmlonly")]
    [InlineData("o:tracking-clicks", "")]
    [InlineData("o:tag", "größe")]
    [InlineData("o:tag", "")]
    [InlineData("o:deliver-within", "2")]
    [InlineData("o:deliver-within", "4m")]
    [InlineData("o:deliver-within", "24h1m")]
    [InlineData("o:deliver-within", "")]
    [InlineData("o:deliverytime", "tomorrow")]
    [InlineData("o:deliverytime-optimize-period", "23h")]
    [InlineData("o:time-zone-localize", "25:00")]
    [InlineData("o:sending-ip", "pool")]
    [InlineData("o:secondary-dkim", "acme.example")]
    [InlineData("o:archive-to", "archive")]
    [InlineData("o:colour", "red")]
    [InlineData("v:", "x")]
    [InlineData("from", "no-reply@acme.example")]
    [InlineData("template", "welcome")]
    [InlineData("to", "nobody")]
    [InlineData("to", "")]
    [InlineData("to", "dé@example.com")]
    public async Task Refuses_a_field_that_Mailgun_does_not_know_or_take(string name, string value)
    {
        var (status, answer) = await PostAsync(Form(("to", "ada@example.com"), (name, value)));

        status.Should().Be(HttpStatusCode.BadRequest);
        ((string?)JsonNode.Parse(answer)!["message"]).Should().Contain(name);
        _mailgun.Mails.Should().BeEmpty();
    }

    [Theory]
    [InlineData("o:deliver-within", "1h30m")]
    [InlineData("o:deliver-within", "5m")]
    [InlineData("o:deliver-within", "24h")]
    [InlineData("o:deliverytime", "Tue, 20 Jan 2026 08:30:00 +0000")]
    [InlineData("o:deliverytime-optimize-period", "72h")]
    [InlineData("o:time-zone-localize", "08:00")]
    [InlineData("o:time-zone-localize", "08:00PM")]
    [InlineData("o:sending-ip", "192.0.2.1")]
    [InlineData("o:secondary-dkim", "acme.example/s1")]
    [InlineData("o:archive-to", "https://acme.example/archive")]
    [InlineData("o:tracking-clicks", "htmlonly")]
    [InlineData("h:X-Order", "42")]
    public async Task Takes_a_field_as_Mailgun_describes_it(string name, string value) =>
        (await PostAsync(Form(("to", "ada@example.com"), (name, value)))).Status.Should().Be(HttpStatusCode.OK);

    [Fact]
    public async Task Refuses_too_much()
    {
        (string, string) ada = ("to", "ada@example.com");

        (await PostAsync(Form([.. Enumerable.Range(0, 1001).Select(i => ("to", $"r{i}@example.com"))]))).Status.Should().Be(HttpStatusCode.BadRequest);
        (await PostAsync(Form([ada, .. Enumerable.Range(0, 11).Select(i => ("o:tag", $"{i}"))]))).Answer.Should().Contain("tags");
        (await PostAsync(Form(ada, ("v:order", new string('a', 16 * 1024))))).Answer.Should().Contain("16KB");
        (await PostAsync(Form(ada, ("v:order", "1"), ("v:order", "2")))).Answer.Should().Contain("more than once");
        (await PostAsync(Form(Mime + new string('a', 25 * 1024 * 1024), ada))).Status.Should().Be(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Refuses_what_lacks_recipient_sender_or_file()
    {
        (await PostAsync(Form())).Answer.Should().Contain("to parameter is missing");
        (await PostAsync(Form("Subject: Hello\r\n\r\nHello\r\n", ("to", "ada@example.com")))).Answer.Should().Contain("from parameter is missing");
        (await PostAsync("--b\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nFrom: a@example.com\r\n--b--\r\n")).Answer.Should().Contain("message parameter is missing", "Mailgun drops a file without a name");
    }

    [Theory]
    [InlineData("")]
    [InlineData("to=ada%40example.com")]
    [InlineData("--c\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\nada@example.com\r\n--c--")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\nada@example.com")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\nada@example.com\r\n--b")]
    [InlineData("--b\nContent-Disposition: form-data; name=\"to\"\n\nada@example.com\n--b--")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"to\"\r\nada@example.com\r\n--b--")]
    [InlineData("--b\r\nContent-Disposition: form-data\r\n\r\nada@example.com\r\n--b--")]
    [InlineData("--b\r\nContent-Disposition: attachment; name=\"to\"\r\n\r\nada@example.com\r\n--b--")]
    [InlineData("--b\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\nYQ==\r\n--b--")]
    public async Task Refuses_a_form_that_is_malformed(string body) => (await PostAsync(body)).Status.Should().Be(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Refuses_another_type_of_body()
    {
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");

        (await PostAsync(content)).Answer.Should().Contain("multipart/form-data");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _mailgun.DisposeAsync();
    }

    private static string Form(params (string Name, string Value)[] fields) => Form(Mime, fields);

    private static string Form(string mime, params (string Name, string Value)[] fields) =>
        string.Concat(fields.Select(f => $"--b\r\nContent-Disposition: form-data; name=\"{f.Name}\"\r\n\r\n{f.Value}\r\n"))
        + $"--b\r\nContent-Disposition: form-data; name=\"message\"; filename=\"m\"\r\nContent-Type: message/rfc822\r\n\r\n{mime}\r\n--b--\r\n";

    private async Task<(HttpStatusCode Status, string Answer)> PostAsync(string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b") } };
        return await PostAsync(content);
    }

    private async Task<(HttpStatusCode Status, string Answer)> PostAsync(HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_mailgun.BaseAddress, "/v3/mg.example.com/messages.mime")) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("api:simulated-key"u8));
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
