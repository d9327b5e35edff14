using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TransactionalMail.Outbox;
using TransactionalMail.Soak.Relay;

namespace TransactionalMail.Soak;

/// <summary>Measures mails a second, beside MailKit alone, over one connection and over four.</summary>
internal static class ThroughputRun
{
    private const int Connections = 4;

    public static async Task<int> RunAsync(int messages, TextWriter output)
    {
        await using var relays = await RelayProcess.StartAsync(new SoakArguments { Faults = 0 });
        using var host = Application.Build(relays.Ports);
        await host.StartAsync();
        var mailer = host.Services.GetRequiredService<ITransactionalMailer>();
        var admin = host.Services.GetRequiredService<IOutboxAdmin>();

        var rawOne = await RawAsync(1);
        var rawFour = await RawAsync(Connections);
        var sendOne = await MeasureAsync(1, _ => index => mailer.SendAsync(Even(index)));
        var sendFour = await MeasureAsync(Connections, _ => index => mailer.SendAsync(Even(index)));
        var enqueue = await MeasureAsync(1, _ => index => mailer.EnqueueAsync(Even(index)), () => DrainAsync(admin));
        await host.StopAsync();

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            {messages:N0} mails each
              MailKit, 1 connection    {rawOne}
              MailKit, {Connections} connections   {rawFour}
              SendAsync, 1 caller      {sendOne}, {sendOne.PerSecond / rawOne.PerSecond:0.00} of MailKit
              SendAsync, {Connections} callers     {sendFour}, {sendFour.PerSecond / rawFour.PerSecond:0.00} of MailKit
              EnqueueAsync, {Connections} workers  {enqueue}, {enqueue.PerSecond / rawFour.PerSecond:0.00} of MailKit
            """));
        return 0;

        async Task<Pace> RawAsync(int connections)
        {
            var senders = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => RawSender.ConnectAsync(relays.Ports[0])));
            var rate = await MeasureAsync(connections, caller => senders[caller].SendAsync);
            foreach (var sender in senders) sender.Dispose();
            return rate;
        }

        async Task<Pace> MeasureAsync(int callers, Func<int, Func<int, Task>> sender, Func<Task>? drain = null)
        {
            await SendAsync(messages); // the first ones pay for compiling
            var processor = Environment.CpuUsage.TotalTime;
            var clock = Stopwatch.StartNew();
            await SendAsync(messages);
            return new Pace(messages / clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - processor) / messages);

            async Task SendAsync(int count)
            {
                await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
                {
                    var send = sender(caller);
                    for (var i = caller; i < count; i += callers) await send(i);
                })));
                if (drain is not null) await drain();
            }
        }
    }

    /// <summary>Returns a mail of the stream with one relay.</summary>
    private static EmailMessage Even(int index) => Letter.Write(index * 2);

    private static async Task DrainAsync(IOutboxAdmin admin)
    {
        while ((await admin.GetDepthsAsync()).Any(static d => d.Waiting + d.InDelivery > 0)) await Task.Delay(5);
    }

    /// <summary>How fast mails left.</summary>
    /// <param name="PerSecond">Mails a second; what else the machine does slows it.</param>
    /// <param name="Processor">The processor time of this process for each mail.</param>
    private readonly record struct Pace(double PerSecond, TimeSpan Processor)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PerSecond,6:N0} a second, {Processor.TotalMicroseconds,4:N0} µs of processor time each");
    }
}
