using System.Text;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Transports.Http;

/// <summary>The judge of our requests lets right ones pass and notices wrong ones.</summary>
public class OfficialDescriptionTests
{
    private const string SendGrid = """{"personalizations":[{"to":[{"email":"a@example.com"}]}],"from":{"email":"f@example.com"},"subject":"s","content":[{"type":"text/plain","value":"hi"}]}""";
    private const string Postmark = """{"From":"a@example.com","To":"b@example.com","Subject":"s","TextBody":"x","Metadata":{"a":"b"}}""";
    private const string Ses = """{"FromEmailAddress":"a@example.com","Destination":{"ToAddresses":["b@example.com"]},"EmailTags":[{"Name":"a","Value":"b"}],"Content":{"Raw":{"Data":"aGk="}}}""";
    private const string Mailgun = "to=a@example.com&o:tag=a&o:tag=b&v:order=42&message=MIME";

    [Theory]
    [InlineData("/v3/mail/send", "", "", true)]
    [InlineData("/v3/mail/sent", "", "", false)]
    [InlineData("/v3/mail/send", "\"from\":{\"email\":\"f@example.com\"},", "", false)]
    [InlineData("/v3/mail/send", "\"email\":\"a@example.com\"", "\"email\":\"nobody\"", false)]
    [InlineData("/v3/mail/send", "\"subject\":\"s\"", "\"subject\":7", false)]
    [InlineData("/v3/mail/send", "\"subject\":\"s\"", "\"subject\":\"s\",\"attachments\":[{\"content\":\"aGk=\",\"filename\":\"x\",\"disposition\":\"INLINE\"}]", false)]
    public void Judges_requests_to_SendGrid(string path, string right, string wrong, bool isValid) => ShouldBe(isValid, OfficialDescriptions.SendGrid, path, SendGrid, right, wrong);

    [Theory]
    [InlineData("/email", "", "", true)]
    [InlineData("/mail", "", "", false)]
    [InlineData("/email", "\"From\":\"a@example.com\",", "", false)]
    [InlineData("/email", "TextBody", "Textbody", false)]
    [InlineData("/email", "\"a\":\"b\"", "\"a\":1", false)]
    [InlineData("/email", "\"b@example.com\"", "[\"b@example.com\"]", false)]
    public void Judges_requests_to_Postmark(string path, string right, string wrong, bool isValid) => ShouldBe(isValid, OfficialDescriptions.Postmark, path, Postmark, right, wrong);

    [Theory]
    [InlineData("/v2/email/outbound-emails", "", "", true)]
    [InlineData("/v2/email/outbound-mails", "", "", false)]
    [InlineData("/v2/email/outbound-emails", "{\"Raw\":{\"Data\":\"aGk=\"}}", "{}", false)]
    [InlineData("/v2/email/outbound-emails", "\"Value\":\"b\"", "\"Value\":\"b c\"", false)]
    [InlineData("/v2/email/outbound-emails", "FromEmailAddress", "fromEmailAddress", false)]
    [InlineData("/v2/email/outbound-emails", "[\"b@example.com\"]", "\"b@example.com\"", false)]
    public void Judges_requests_to_SES(string path, string right, string wrong, bool isValid) => ShouldBe(isValid, OfficialDescriptions.Ses, path, Ses, right, wrong);

    [Theory]
    [InlineData("/v3/mg.example.com/messages.mime", "", "", true)]
    [InlineData("/v3/mg.example.com/messages.mine", "", "", false)]
    [InlineData("/v3/messages.mime", "", "", false)]
    [InlineData("/v3/mg.example.com/messages.mime", "to=a@example.com&", "", false)]
    [InlineData("/v3/mg.example.com/messages.mime", "&message=MIME", "", false)]
    [InlineData("/v3/mg.example.com/messages.mime", "o:tag=b", "tag=b", false)]
    [InlineData("/v3/mg.example.com/messages.mime", "o:tag=b", "o:testmode=perhaps", false)]
    public async Task Judges_requests_to_Mailgun(string path, string right, string wrong, bool isValid)
    {
        using var form = new MultipartFormDataContent();
        foreach (var field in (right.Length == 0 ? Mailgun : Mailgun.Replace(right, wrong)).Split('&').Select(f => f.Split('=')))
        {
            if (field[0] == "message") form.Add(new ByteArrayContent(Encoding.ASCII.GetBytes(field[1])), field[0], "message.eml");
            else form.Add(new StringContent(field[1]), field[0]);
        }

        var request = new SimulatedRequest("POST", path, new Dictionary<string, string> { ["Content-Type"] = form.Headers.ContentType!.ToString() }, await form.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

        Judge(isValid, OfficialDescriptions.Mailgun, request);
    }

    private static void ShouldBe(bool isValid, OfficialDescription description, string path, string body, string right, string wrong)
    {
        var text = right.Length == 0 ? body : body.Replace(right, wrong, StringComparison.Ordinal);
        if (right.Length > 0) text.Should().NotBe(body);
        Judge(isValid, description, new SimulatedRequest("POST", path, new Dictionary<string, string> { ["Content-Type"] = "application/json; charset=utf-8" }, Encoding.UTF8.GetBytes(text)));
    }

    private static void Judge(bool isValid, OfficialDescription description, SimulatedRequest request)
    {
        if (isValid) description.FindViolations(request).Should().BeEmpty();
        else description.FindViolations(request).Should().NotBeEmpty();
    }
}
