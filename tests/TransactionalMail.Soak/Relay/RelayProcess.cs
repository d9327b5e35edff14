using System.Diagnostics;
using System.Globalization;

namespace TransactionalMail.Soak.Relay;

/// <summary>The process that runs <see cref="RelayProgram"/>, seen from the sender. It ends with its input, so also with the sender.</summary>
internal sealed class RelayProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly SemaphoreSlim _turn = new(1);

    private RelayProcess(Process process, IReadOnlyList<int> ports) => (_process, Ports) = (process, ports);

    /// <summary>Gets the ports of the two relays.</summary>
    public IReadOnlyList<int> Ports { get; }

    public static async Task<RelayProcess> StartAsync(SoakArguments arguments)
    {
        var program = Path.ChangeExtension(typeof(RelayProcess).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null);
        var process = Process.Start(new ProcessStartInfo(program, arguments.ToRelay()) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var ports = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The relay process did not start.");
        return new RelayProcess(process, [.. ports.Split(' ').Select(static p => int.Parse(p, CultureInfo.InvariantCulture))]);
    }

    /// <summary>Takes one of the relays down; returns when it is back.</summary>
    public async Task TakeDownAsync(int relay, TimeSpan duration) =>
        await AskAsync(string.Create(CultureInfo.InvariantCulture, $"{RelayProgram.Down} {relay} {duration.TotalMilliseconds:0}"));

    public async Task<RelayReport> ReportAsync()
    {
        var lines = await AskAsync(RelayProgram.Report);
        return new RelayReport(
            [.. Lines(RelayProgram.TallyPrefix).Select(Tally.Parse)],
            Lines(RelayProgram.FaultPrefix).Select(static line => line.Split(' ', 2)).ToDictionary(static f => f[1], static f => int.Parse(f[0], CultureInfo.InvariantCulture)),
            [.. Lines(RelayProgram.ErrorPrefix)]);

        IEnumerable<string> Lines(string prefix) => lines.Where(line => line.StartsWith(prefix, StringComparison.Ordinal)).Select(line => line[prefix.Length..]);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _turn.Dispose();
    }

    private async Task<IReadOnlyList<string>> AskAsync(string command)
    {
        await _turn.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(command);
            await _process.StandardInput.FlushAsync();
            var answer = new List<string>();
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (line is RelayProgram.Done) return answer;
                answer.Add(line);
            }

            throw new InvalidOperationException("The relay process ended.");
        }
        finally
        {
            _turn.Release();
        }
    }
}
