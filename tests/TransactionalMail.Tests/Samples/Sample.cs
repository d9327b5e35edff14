using System.Diagnostics;

namespace TransactionalMail.Tests.Samples;

/// <summary>A sample as it was built beside the tests.</summary>
internal static class Sample
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    /// <summary>Runs a sample, which must succeed, and returns what it printed.</summary>
    public static async Task<string> RunAsync(string name, params string[] arguments)
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(Repository.Root, "samples", name, "bin", built.Parent!.Name, built.Name, $"{name}.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(s_ct), process.StandardError.ReadToEndAsync(s_ct));
        await process.WaitForExitAsync(s_ct);

        process.ExitCode.Should().Be(0, await errors);
        return await output;
    }
}
