using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TransactionalMail.Interop.Tests.Parts;

namespace TransactionalMail.Interop.Tests.Dkim;

/// <summary>Verifies with <c>opendkim-testmsg</c>. It gives one verdict for a message, so each signature is shown to it alone.</summary>
internal sealed partial class OpenDkimVerifier : IDkimVerifier
{
    private static readonly string[] s_namespaces = ["--mount", "--net", "--pid", "--fork", "--kill-child"];

    private static readonly Part s_part = new(
        "opendkim-testmsg, dnsmasq or the right to make namespaces is missing (as root: apt-get install opendkim-tools dnsmasq-base iproute2).",
        "unshare",
        [.. s_namespaces, "sh", "-c", "ip link set lo up && command -v opendkim-testmsg && command -v dnsmasq"]);

    public async Task<IReadOnlyList<string>> VerifyAsync(IEnumerable<DkimDnsRecord> records, IAsyncEnumerable<byte[]> messages, CancellationToken cancellationToken)
    {
        s_part.Require();
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            await File.WriteAllLinesAsync(Path.Combine(folder.FullName, "dnsmasq.conf"), DnsmasqSettings(records), cancellationToken);
            var signatures = await WriteMessagesAsync(folder, messages, cancellationToken);
            var results = await RunAsync(folder, cancellationToken);
            return [.. signatures.Select((count, message) => count == 0 ? "none" : string.Join(' ', Enumerable.Range(0, count).Select(i => results[FileName(message, i)])))];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Writes a file for each signature, the message with that signature only, and returns how many each message has.</summary>
    private static async Task<List<int>> WriteMessagesAsync(DirectoryInfo folder, IAsyncEnumerable<byte[]> messages, CancellationToken cancellationToken)
    {
        var counts = new List<int>();
        await foreach (var bytes in messages.WithCancellation(cancellationToken))
        {
            var message = Encoding.Latin1.GetString(bytes);
            var headerLength = message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 2;
            var (header, body) = (message[..headerLength], message[headerLength..]);
            var count = SignatureField().Count(header);
            for (var i = 0; i < count; i++)
            {
                var index = 0;
                var alone = SignatureField().Replace(header, field => index++ == i ? field.Value : "");
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, FileName(counts.Count, i) + ".eml"), alone + body, Encoding.Latin1, cancellationToken);
            }

            counts.Add(count);
        }

        return counts;
    }

    private static async Task<Dictionary<string, string>> RunAsync(DirectoryInfo folder, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo("unshare", [.. s_namespaces, "sh", Part.FilePath("Dkim/verify_opendkim.sh"), folder.FullName]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        process.ExitCode.Should().Be(0);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2)).ToDictionary(line => line[0], line => line[1]);
    }

    private static IEnumerable<string> DnsmasqSettings(IEnumerable<DkimDnsRecord> records) =>
    [
        "listen-address=127.0.0.1", "bind-interfaces", "no-resolv", "no-hosts", "local=/#/", "user=root", "pid-file=",
        .. records.Select(record => $"txt-record={record.Name},{string.Join(',', record.Value.Chunk(255).Select(part => $"\"{new string(part)}\""))}"),
    ];

    private static string FileName(int message, int signature) => string.Create(CultureInfo.InvariantCulture, $"{message:D5}-{signature}");

    [GeneratedRegex(@"^DKIM-Signature:.*\n(?:[ \t].*\n)*", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex SignatureField();
}
