using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Delivery;

public class RoutingTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Spreads_mail_by_weight()
    {
        using var lab = new DeliveryLab { Stream = s => (s.Weights["primary"], s.Weights["backup"]) = (3, 1) };

        for (var i = 0; i < 1000; i++) await lab.Mailer.SendAsync(Some.Email(), s_ct);

        lab.Primary.Attempts.Count.Should().BeInRange(680, 820);
        (lab.Primary.Attempts.Count + lab.Backup.Attempts.Count).Should().Be(1000);
    }

    [Fact]
    public async Task The_other_transports_of_a_weighted_stream_still_follow_when_one_fails()
    {
        using var lab = new DeliveryLab { Stream = s => s.Weights["primary"] = 1 };
        lab.Primary.Fails(TransportFailure.Network);

        var receipt = await lab.SendAsync(Some.Email());

        receipt.Recipients[0].TransportName.Should().Be("backup");
    }

    [Fact]
    public async Task Hands_over_no_more_mails_at_once_than_the_limit()
    {
        using var lab = new DeliveryLab { Limits = l => l.MaxConcurrency = 3 };
        var (now, most) = (0, 0);
        for (var i = 0; i < 40; i++)
        {
            lab.Primary.Does(async (mail, token) =>
            {
                var current = Interlocked.Increment(ref now);
                InterlockedMax(ref most, current);
                await Task.Delay(2, token);
                Interlocked.Decrement(ref now);
                return TransportReceipt.Accepted(mail, "primary");
            });
        }

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => lab.Mailer.SendAsync(Some.Email(), s_ct)));

        lab.Primary.Attempts.Should().HaveCount(40);
        most.Should().Be(3);
    }

    [Fact]
    public async Task Hands_over_no_more_mails_in_a_second_than_the_limit()
    {
        using var lab = new DeliveryLab { Limits = l => l.MaxPerSecond = 20 };
        var clock = System.Diagnostics.Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, 45).Select(_ => lab.Mailer.SendAsync(Some.Email(), s_ct)));

        clock.Elapsed.Should().BeGreaterThan(TimeSpan.FromSeconds(1.8), "45 mails at 20 a second take at least two full windows");
        lab.Primary.Attempts.Should().HaveCount(45);
    }

    [Fact]
    public void Lists_every_fault_of_streams_and_limits()
    {
        using var lab = new DeliveryLab
        {
            Stream = s =>
            {
                s.Transports.Add("primary");
                s.Weights["backup"] = -1;
                s.Weights["nowhere"] = 1;
                s.Retry.MaxAttempts = 0;
                s.Retry.Delay = TimeSpan.FromHours(1);
            },
            Limits = l => (l.MaxConcurrency, l.MaxPerSecond, l.FailureThreshold, l.CoolDown) = (0, -1, 0, TimeSpan.Zero),
        };

        var resolving = () => lab.Mailer;

        var faults = resolving.Should().Throw<OptionsValidationException>().Which.Failures.ToArray();
        faults.Should().Contain(f => f.Contains("unknown transport \"nowhere\""))
            .And.Contain(f => f.Contains("Weights names transport \"backup\""))
            .And.Contain(f => f.Contains("not from 0 to"))
            .And.Contain(f => f.Contains("Retry:MaxAttempts"))
            .And.Contain(f => f.Contains("Retry:Delay"))
            .And.Contain(f => f.Contains("MaxConcurrency"))
            .And.Contain(f => f.Contains("MaxPerSecond"))
            .And.Contain(f => f.Contains("FailureThreshold"))
            .And.Contain(f => f.Contains("CoolDown"));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
