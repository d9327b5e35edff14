using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace TransactionalMail.Interop.Tests.Dkim;

/// <summary>Verifies messages with dkimpy, a DKIM implementation that shares nothing with ours.</summary>
internal static class DkimPy
{
    private static readonly string s_python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
    private static readonly Lazy<bool> s_isInstalled = new(IsInstalled);

    /// <summary>Returns one line for each message: <c>pass</c> or <c>fail</c> for each signature, or <c>none</c>.</summary>
    public static async Task<IReadOnlyList<string>> VerifyAsync(IEnumerable<DkimDnsRecord> records, IAsyncEnumerable<byte[]> messages, CancellationToken cancellationToken)
    {
        const string Missing = "dkimpy is not installed (apt-get install python3-dkim python3-nacl).";
        if (Environment.GetEnvironmentVariable("TRANSACTIONALMAIL_REQUIRE_INTEROP") is "1") Assert.True(s_isInstalled.Value, Missing);
        Assert.SkipUnless(s_isInstalled.Value, Missing);
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

    private static async Task<IReadOnlyList<string>> RunAsync(string zone, IAsyncEnumerable<byte[]> messages, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(s_python, [Path.Combine(AppContext.BaseDirectory, "Dkim", "verify_dkim.py"), zone])
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

    private static bool IsInstalled()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(s_python, ["-c", "import dkim, nacl"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
