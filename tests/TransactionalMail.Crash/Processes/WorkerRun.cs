using Microsoft.Extensions.Hosting;
using TransactionalMail.Crash.Victim;

namespace TransactionalMail.Crash.Processes;

/// <summary>One of several processes that deliver from one database, until its input ends.</summary>
internal static class WorkerRun
{
    public const string Command = "--worker";

    private const int Workers = 4;

    /// <param name="args">The command, where to write what was handed over, and the database.</param>
    /// <param name="input">What ends when the work is over.</param>
    public static async Task<int> RunAsync(string[] args, TextReader input)
    {
        await using var sent = new StreamWriter(args[1]);
        var database = new Database(DatabaseKind.PostgreSql, args[2]);
        var builder = Application.Create(Workers, _ => new ListingProvider(sent), database.Use, static options => options.Outbox.LeaseDuration = TimeSpan.FromMinutes(2));
        using var host = builder.Build();
        await host.StartAsync();
        await input.ReadToEndAsync();
        await host.StopAsync();
        return 0;
    }
}
