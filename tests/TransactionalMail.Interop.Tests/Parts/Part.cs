using System.ComponentModel;
using System.Diagnostics;

namespace TransactionalMail.Interop.Tests.Parts;

/// <summary>Something from outside the repository that a test needs. Where it is absent the test skips, or fails with <c>TRANSACTIONALMAIL_REQUIRE_INTEROP=1</c>.</summary>
/// <param name="missing">What to install, and how.</param>
/// <param name="program">A program that ends with 0 where the part is present.</param>
/// <param name="arguments">Its arguments.</param>
internal sealed class Part(string missing, string program, params string[] arguments)
{
    private readonly Lazy<bool> _present = new(() => Succeeds(program, arguments));

    /// <summary>Gets the system's Python, which has the distribution's modules; another one earlier in the path lacks them.</summary>
    public static string Python { get; } = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    /// <summary>Returns the path of a file that the build copied beside the tests.</summary>
    public static string FilePath(string relativePath) => Path.Combine(AppContext.BaseDirectory, relativePath);

    public void Require()
    {
        if (Environment.GetEnvironmentVariable("TRANSACTIONALMAIL_REQUIRE_INTEROP") is "1") Assert.True(_present.Value, missing);
        Assert.SkipUnless(_present.Value, missing);
    }

    private static bool Succeeds(string program, string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory };
            using var process = Process.Start(start)!;
            process.OutputDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
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
