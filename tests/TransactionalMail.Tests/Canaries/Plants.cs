using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Tests.Mime;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Canaries;

/// <summary>Where the canaries are: in everything of a mail and of the settings that holds a secret or personal data.</summary>
internal static class Plants
{
    private static readonly List<Canary> s_all = [];

    // Characters around them that every encoding changes, so that a literal comparison does not find them.
    public static readonly string UserName = $"{Secret("SMTP user name")}+relay";
    public static readonly string Password = $"p/\"{Secret("SMTP password")}%+=";
    public static readonly string Token = $"ya29.{Secret("OAuth token")}-_~+/=";
    public static readonly Canary Misplaced = Secret("secret in the wrong setting");
    public static readonly Canary DsnUserName = Secret("DSN user name");
    public static readonly Canary DsnPassword = Secret("DSN password");
    public static readonly Canary BadKey = Secret("DKIM key that does not parse");

    public static readonly EmailAddress[] To = Addresses("To", 16);
    public static readonly EmailAddress[] Cc = Addresses("Cc", 8);
    public static readonly EmailAddress[] Bcc = Addresses("Bcc", 8);
    public static readonly EmailAddress[] ReplyTo = Addresses("ReplyTo", 2);
    public static readonly EmailAddress EnvelopeSender = Addresses("EnvelopeSender", 1)[0];
    public static readonly EmailAddress StagingInbox = Addresses("staging inbox", 1)[0];
    public static readonly Canary Subject = Personal("Subject");
    public static readonly Canary[] Text = Secret("TextBody", 4);
    public static readonly Canary[] Html = Secret("HtmlBody", 4);
    public static readonly Canary[] Model = Secret("model", 16);
    public static readonly Canary[] FileNames = Personal("attachment name", 8);
    public static readonly Canary[] Contents = Personal("attachment content", 8);
    public static readonly Canary[] ContentIds = Personal("content id", 8);
    public static readonly Canary[] Headers = Personal("header value", 10);
    public static readonly Canary[] Tags = Personal("tag", 8);
    public static readonly Canary[] Metadata = Personal("metadata value", 8);
    public static readonly Canary[] ProviderOptions = Personal("provider option", 8);
    public static readonly Canary IdempotencyKey = Personal("IdempotencyKey");

    /// <summary>A working key. Its lines are canaries but for the first eight: they hold the modulus, which DNS publishes.</summary>
    public static readonly string KeyPem = PlantKey();

    public static IReadOnlyList<Canary> All => s_all;

    public static CanaryEar Ear { get; } = new(s_all);

    /// <summary>A mail with everything a mail can have, except a template.</summary>
    public static EmailMessage Mail() => new()
    {
        EnvelopeSender = EnvelopeSender,
        To = To,
        Cc = Cc,
        Bcc = Bcc,
        ReplyTo = ReplyTo,
        Subject = $"Your order — \"{Subject}\"",
        TextBody = string.Join('\n', Text.Select(c => $"Dear = {c}")),
        HtmlBody = string.Concat(Html.Select(c => $"<p title=\"{c}\">&amp; {c}</p>")),
        Attachments = [.. FileNames.Select((name, i) => new EmailAttachment($"Scan of {name}.pdf", Encoding.UTF8.GetBytes(Contents[i].Value)) { ContentId = $"{ContentIds[i]}@acme.example" })],
        Headers = new Dictionary<string, string>(Headers.Skip(2).Select((c, i) => KeyValuePair.Create($"X-Order-{i}", $"No. {c}")))
        {
            ["In-Reply-To"] = $"<{Headers[0]}@acme.example>",
            ["List-Unsubscribe"] = $"<https://acme.example/unsubscribe?{Headers[1]}>",
        },
        Tags = [.. Tags.Select(c => $"tag {c}")],
        Metadata = Metadata.Select((c, i) => (c, i)).ToDictionary(p => $"customer-{p.i}", p => $"no. {p.c}"),
        ProviderOptions = ProviderOptions.Select((c, i) => (c, i)).ToDictionary(p => $"postmark:Option{p.i}", p => p.c.Value),
        IdempotencyKey = $"{IdempotencyKey.Value}-{Guid.NewGuid():N}",
    };

    public static EmailMessage TemplateMail(string template = "mail") => Mail() with { Subject = null, TextBody = null, HtmlBody = null, Template = new EmailTemplate(template, TemplateModel()) };

    public static JsonElement TemplateModel() => JsonSerializer.SerializeToElement(new Dictionary<string, object>
    {
        ["name"] = Model[0].Value,
        ["subject"] = $"{Model[1]}\r\nBcc: x",
        ["partial"] = Model[2].Value,
        ["list"] = Model[3..8].Select(c => c.Value),
        ["order"] = new Dictionary<string, object> { ["id"] = Model[8].Value, ["note"] = new Dictionary<string, string> { ["text"] = Model[9].Value, [Model[10].Value] = Model[11].Value } },
        ["link"] = $"javascript:{Model[12]}",
        ["file"] = $"../{Model[13]}",
        ["long"] = Model[14].Value + new string('x', 300_000),
        ["half"] = $"{Model[15]}\u0000",
    });

    /// <summary>An application that signs with the planted key, and whose log the cage hears.</summary>
    public static ServiceCollection Services(CanaryCage cage, Action<TransactionalMailBuilder>? configure = null, Action<TransactionalMailOptions>? options = null)
    {
        var services = Some.Services(configure, o =>
        {
            o.Dkim.Add(DkimTestKey.ForAcme(KeyPem));
            options?.Invoke(o);
        });
        cage.Watch(services);
        return services;
    }

    public static void Credentials(SmtpOptions smtp) => (smtp.UserName, smtp.Password, smtp.AllowUnencryptedAuthentication) = (UserName, Password, true);

    private static Canary Secret(string place) => Plant(new Canary(CanaryKind.Secret, place));

    private static Canary[] Secret(string place, int count) => [.. Enumerable.Range(0, count).Select(i => Secret($"{place}[{i}]"))];

    private static Canary Personal(string place) => Plant(new Canary(CanaryKind.Personal, place));

    private static Canary[] Personal(string place, int count) => [.. Enumerable.Range(0, count).Select(i => Personal($"{place}[{i}]"))];

    private static EmailAddress[] Addresses(string place, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new EmailAddress($"{Personal($"{place}[{i}] local part")}@{Personal($"{place}[{i}] domain")}.example", $"Ada, \"{Personal($"{place}[{i}] name")}\" L."))];

    private static string PlantKey()
    {
        var pem = DkimTestKey.Rsa(2048);
        var lines = pem.Split('\n');
        for (var i = 9; i < lines.Length - 2; i++) Plant(new Canary(CanaryKind.Secret, $"DKIM key, line {i}", lines[i]));
        return pem;
    }

    private static Canary Plant(Canary canary)
    {
        s_all.Add(canary);
        return canary;
    }
}
