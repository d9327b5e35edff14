using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Crash.Victim;
using TransactionalMail.EntityFrameworkCore.Tests.Parts;
using TransactionalMail.Outbox;

namespace TransactionalMail.Crash.Processes;

/// <summary>Lets several processes deliver from one PostgreSQL while this one enqueues, and counts what each of them sent.</summary>
internal static class ProcessesRun
{
    private const int Processes = 4;
    private const int Callers = 32;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    public static async Task<bool> RunAsync(int mails, TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("transactionalmail-processes-");
        await using var cluster = new PostgreSqlCluster();
        List<Process> workers = [];
        try
        {
            await cluster.StartAsync();
            var connectionString = cluster.ConnectionStringOf("postgres");
            var database = new Database(DatabaseKind.PostgreSql, connectionString);
            await database.MigrateAsync();

            var lists = Enumerable.Range(0, Processes).Select(i => Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"sent{i}"))).ToArray();
            workers.AddRange(lists.Select(list => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [WorkerRun.Command, list, connectionString]) { RedirectStandardInput = true })!));
            var clock = Stopwatch.StartNew();
            var ids = await EnqueueAsync(database, mails);
            var elapsed = clock.Elapsed;
            await EndAsync(workers);
            return await JudgeAsync(ids, lists, elapsed, workers.All(static w => w.ExitCode == 0), output);
        }
        finally
        {
            foreach (var worker in workers)
            {
                if (!worker.HasExited) worker.Kill();
                worker.Dispose();
            }

            folder.Delete(recursive: true);
        }
    }

    /// <summary>Enqueues, and waits until nothing is left.</summary>
    private static async Task<MailId[]> EnqueueAsync(Database database, int mails)
    {
        var builder = Application.Create(1, static _ => new ListingProvider(TextWriter.Null), database.Use, static options => options.Outbox.EnqueueOnly = true);
        using var host = builder.Build();
        await host.StartAsync();
        var mailer = host.Services.GetRequiredService<ITransactionalMailer>();
        var ids = new MailId[mails];
        await Parallel.ForAsync(0, mails, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, cancellationToken) => ids[i] = await mailer.EnqueueAsync(
            new EmailMessage { To = ["reader@crash.example"], Subject = string.Create(CultureInfo.InvariantCulture, $"Order {i}"), TextBody = "An ordinary mail." }, cancellationToken));

        var admin = host.Services.GetRequiredService<IOutboxAdmin>();
        using var limit = new CancellationTokenSource(s_patience);
        while ((await admin.GetDepthsAsync(limit.Token)).Any(static d => d.Waiting + d.InDelivery > 0)) await Task.Delay(50, limit.Token);
        await host.StopAsync();
        return ids;
    }

    private static async Task EndAsync(List<Process> workers)
    {
        foreach (var worker in workers) worker.StandardInput.Close();
        using var limit = new CancellationTokenSource(s_patience);
        foreach (var worker in workers) await worker.WaitForExitAsync(limit.Token);
    }

    private static async Task<bool> JudgeAsync(MailId[] ids, string[] lists, TimeSpan elapsed, bool ended, TextWriter output)
    {
        var sent = lists.Select(File.ReadAllLines).ToArray();
        var times = sent.SelectMany(static s => s).CountBy(static id => id).ToDictionary();
        var lost = ids.Count(id => !times.ContainsKey(id.Value.ToString("N")));
        var twice = times.Count(static t => t.Value > 1);
        var holds = ended && lost == 0 && twice == 0 && times.Count == ids.Length;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            mails               {ids.Length:N0} on one PostgreSQL, enqueued and sent in {elapsed.TotalSeconds:N1} s
            sent by each        {string.Join(", ", sent.Select(static s => s.Length.ToString("N0", CultureInfo.InvariantCulture)))}
            never sent          {lost}
            sent twice          {twice}
            {(holds ? "Every claim holds." : "A claim fails.")}
            """));
        return holds;
    }
}
