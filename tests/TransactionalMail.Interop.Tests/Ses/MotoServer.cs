using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using TransactionalMail.Interop.Tests.Parts;

namespace TransactionalMail.Interop.Tests.Ses;

/// <summary>Amazon SES as moto plays it, on a free port of 127.0.0.1: it verifies signatures with botocore's code, for a user of its own.</summary>
public sealed class MotoServer : IAsyncDisposable
{
    public const string Region = "eu-west-1";

    /// <summary>How many calls it takes without looking at their signature: those that make the user and the sender's identity.</summary>
    private const int SetUpCalls = 4;

    private static readonly Part s_part = new("moto is not installed (pip install 'moto[server]').", "moto_server", "--help");

    private readonly HttpClient _client = new();
    private Process? _process;
    private Task _logging = Task.CompletedTask;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public string AccessKeyId { get; private set; } = "";

    public string SecretAccessKey { get; private set; } = "";

    /// <summary>Starts it for the first test, which skips where that is impossible.</summary>
    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        if (_process is not null) return;
        s_part.Require();
        var start = new ProcessStartInfo("moto_server", ["-H", "127.0.0.1", "-p", "0"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["INITIAL_NO_AUTH_ACTION_COUNT"] = $"{SetUpCalls}";
        start.Environment["PYTHONUNBUFFERED"] = "1";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        Address = await ReadAddressAsync(_process.StandardError, cancellationToken);
        _logging = _process.StandardError.ReadToEndAsync(CancellationToken.None);

        await CallIamAsync("Action=CreateUser&UserName=mailer", cancellationToken);
        var key = await CallIamAsync("Action=CreateAccessKey&UserName=mailer", cancellationToken);
        (AccessKeyId, SecretAccessKey) = (Value(key, "AccessKeyId"), Value(key, "SecretAccessKey"));
        var policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ses:*","Resource":"*"}]}""";
        await CallIamAsync($"Action=PutUserPolicy&UserName=mailer&PolicyName=send&PolicyDocument={Uri.EscapeDataString(policy)}", cancellationToken);
        await CallAsync("ses", "/v2/email/identities", """{"EmailIdentity":"acme.example"}""", "application/json", cancellationToken);
    }

    /// <summary>Returns the mails it took.</summary>
    public async Task<IReadOnlyList<JsonObject>> ReadMailsAsync(CancellationToken cancellationToken)
    {
        var data = JsonNode.Parse(await _client.GetStringAsync(new Uri(Address, "/moto-api/data.json"), cancellationToken));
        return [.. data!["ses"]!["RawMessage"]!.AsArray().Select(static mail => mail!.AsObject())];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_process is null) return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _logging;
        _process.Dispose();
    }

    private static async Task<Uri> ReadAddressAsync(StreamReader log, CancellationToken cancellationToken)
    {
        const string Marker = "Running on ";
        var lines = new List<string>();
        while (await log.ReadLineAsync(cancellationToken) is { } line)
        {
            lines.Add(line);
            if (line.IndexOf(Marker, StringComparison.Ordinal) is >= 0 and var at) return new Uri(line[(at + Marker.Length)..].Trim());
        }

        throw new InvalidOperationException("moto ended before it listened: " + string.Join('\n', lines));
    }

    private static string Value(XDocument answer, string element) => answer.Descendants().Single(e => e.Name.LocalName == element).Value;

    private async Task<XDocument> CallIamAsync(string form, CancellationToken cancellationToken) =>
        XDocument.Parse(await CallAsync("iam", "/", form + "&Version=2010-05-08", "application/x-www-form-urlencoded", cancellationToken));

    /// <summary>Calls a service that moto tells by the scope in the signature's field.</summary>
    private async Task<string> CallAsync(string service, string path, string body, string type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, path)) { Content = new StringContent(body, Encoding.UTF8, type) };
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=nobody/20261124/{Region}/{service}/aws4_request, SignedHeaders=host, Signature=0");
        using var response = await _client.SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode ? answer : throw new InvalidOperationException($"moto refuses to be set up: {answer}");
    }
}
