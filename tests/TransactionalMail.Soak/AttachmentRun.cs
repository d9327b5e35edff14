using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Soak.Relay;

namespace TransactionalMail.Soak;

/// <summary>Sends one large attachment, signed, and measures what this process takes meanwhile beyond what it takes when idle.</summary>
internal static class AttachmentRun
{
    private const int AttachmentSize = 30 * 1024 * 1024;
    private const long MostAboveIdle = 100 * 1024 * 1024;

    public static async Task<bool> RunAsync(TextWriter output)
    {
        await using var relays = await RelayProcess.StartAsync(new SoakArguments { Faults = 0 });
        using var key = RSA.Create(2048);
        using var host = Application.Build(relays.Ports, mail => mail.AddDkim(new DkimOptions { Domain = "soak.example", Selector = "soak", PrivateKey = key.ExportPkcs8PrivateKeyPem() }));
        var mailer = host.Services.GetRequiredService<ITransactionalMailer>();
        var file = Path.GetTempFileName();
        try
        {
            await SendAsync(mailer, file, size: 10_000);
            var idleHeap = Memory.CollectedHeap();
            var idleWorkingSet = Memory.WorkingSet;

            using var peak = new PeakMemory();
            await SendAsync(mailer, file, AttachmentSize);
            var heap = peak.ManagedHeap - idleHeap;
            var workingSet = peak.WorkingSet - idleWorkingSet;

            var holds = heap <= MostAboveIdle && workingSet <= MostAboveIdle;
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
                one attachment of   {AttachmentSize / Memory.Megabyte:N0} MB, by SendAsync, signed
                managed heap        {idleHeap / Memory.Megabyte:N1} MB idle, {heap / Memory.Megabyte:N1} MB more at most
                working set         {idleWorkingSet / Memory.Megabyte:N1} MB idle, {workingSet / Memory.Megabyte:N1} MB more at most
                {(holds ? "Every claim holds." : "A claim fails.")}
                """));
            return holds;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task SendAsync(ITransactionalMailer mailer, string file, int size)
    {
        await FillAsync(file, size);
        await mailer.SendAsync(Letter.Write(0) with { Attachments = [EmailAttachment.FromFile(file, "application/octet-stream")] });
    }

    private static async Task FillAsync(string file, int size)
    {
        await using var stream = File.Create(file);
        var block = new byte[8192];
        for (var left = size; left > 0; left -= block.Length)
        {
            RandomNumberGenerator.Fill(block);
            await stream.WriteAsync(block.AsMemory(0, Math.Min(left, block.Length)));
        }
    }
}
