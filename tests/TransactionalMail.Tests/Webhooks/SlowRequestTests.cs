using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Webhooks;

/// <summary>Bodies that trickle in are Kestrel's to end, by its <c>MinRequestBodyDataRate</c>; the endpoint answers and lets go.</summary>
public sealed class SlowRequestTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_byte_a_second_is_ended_and_holds_nobody_up_W06()
    {
        await using var host = await WebhookHost.StartAsync(static builder => builder.WebHost.ConfigureKestrel(
            static kestrel => kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(3)))); // the default is 240 after 5 seconds
        foreach (var provider in WebhookHost.Providers)
        {
            await host.SendAsync(provider, Some.Email("ada@example.com"));
            await host.ReportAsync(provider, SimulatedReport.Open("ada@example.com")); // the first of Amazon makes a key
        }

        Task<string>[] slow = [.. WebhookHost.Providers.SelectMany(provider => Enumerable.Range(0, 10).Select(_ => TrickleAsync(host.AddressOf(provider))))];

        foreach (var provider in WebhookHost.Providers) await host.ReportAsync(provider, SimulatedReport.Delivery("ada@example.com"));

        slow.Should().OnlyContain(static request => !request.IsCompleted, "reports were heard in the meantime");
        (await Task.WhenAll(slow)).Should().OnlyContain(static answer => answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal));
        host.Handled.OfType<MailDelivered>().Should().HaveCount(WebhookHost.Providers.Count);
    }

    /// <summary>Sends a body byte by byte until the server has enough, and returns what it answered.</summary>
    private static async Task<string> TrickleAsync(Uri webhook)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(webhook.Host, webhook.Port, s_ct);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {webhook.AbsolutePath} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n["), s_ct);
        var reading = ReadAsync(stream);
        for (var sent = 1; sent < 60 && await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1), s_ct)) != reading; sent++)
        {
            try
            {
                await stream.WriteAsync(" "u8.ToArray(), s_ct);
            }
            catch (IOException)
            {
                break; // the server closed the connection
            }
        }

        return await reading.WaitAsync(TimeSpan.FromSeconds(5), s_ct);
    }

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        var answer = new byte[1000];
        try
        {
            return Encoding.ASCII.GetString(answer, 0, await stream.ReadAsync(answer, s_ct));
        }
        catch (IOException)
        {
            return ""; // the server closed the connection
        }
    }
}
