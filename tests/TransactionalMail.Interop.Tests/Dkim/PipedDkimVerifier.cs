using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using TransactionalMail.Interop.Tests.Parts;

namespace TransactionalMail.Interop.Tests.Dkim;

/// <summary>Pipes messages into a script, which verifies them in one process and prints a line for each.</summary>
internal sealed class PipedDkimVerifier(Part part, string interpreter, string script) : IDkimVerifier
{
    public async Task<IReadOnlyList<string>> VerifyAsync(IEnumerable<DkimDnsRecord> records, IAsyncEnumerable<byte[]> messages, CancellationToken cancellationToken)
    {
        part.Require();
        var zone = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(zone, JsonSerializer.Serialize(records.ToDictionary(record => record.Name, record => record.Value)), cancellationToken);
            return await RunAsync(zone, messages, cancellationToken);
        }
        finally
        {
            File.Delete(zone);
        }
    }

    private async Task<IReadOnlyList<string>> RunAsync(string zone, IAsyncEnumerable<byte[]> messages, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(interpreter, [Part.FilePath($"Dkim/{script}"), zone])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var feeding = FeedAsync(process.StandardInput, messages, cancellationToken);
        var results = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line) results.Add(line);

        await feeding;
        await process.WaitForExitAsync(cancellationToken);
        process.ExitCode.Should().Be(0);
        return results;
    }

    private static async Task FeedAsync(StreamWriter input, IAsyncEnumerable<byte[]> messages, CancellationToken cancellationToken)
    {
        await using var stream = input.BaseStream;
        var length = new byte[4];
        await foreach (var message in messages.WithCancellation(cancellationToken))
        {
            BinaryPrimitives.WriteInt32BigEndian(length, message.Length);
            await stream.WriteAsync(length, cancellationToken);
            await stream.WriteAsync(message, cancellationToken);
        }
    }
}
