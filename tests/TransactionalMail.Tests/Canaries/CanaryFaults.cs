using Microsoft.Extensions.DependencyInjection;

namespace TransactionalMail.Tests.Canaries;

/// <summary>Faults of one area by name; each makes something go wrong in front of the cage.</summary>
internal sealed class CanaryFaults : Dictionary<string, Func<CanaryCage, Task>>
{
    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public TheoryData<string> Names => [.. Keys];

    /// <summary>Adds a mail that is refused before anything leaves the process.</summary>
    public void AddRefused<T>(string name, Func<EmailMessage> message, Action<TransactionalMailBuilder>? configure = null)
        where T : Exception => Add(name, async cage =>
        {
            var services = Plants.Services(cage, configure);
            services.UseFakeMail();
            await using var provider = services.BuildServiceProvider();
            var mailer = provider.GetRequiredService<ITransactionalMailer>();

            await cage.CatchAsync<T>(() => mailer.SendAsync(message(), Ct));
            await cage.CatchAsync<T>(() => mailer.EnqueueAsync(message(), Ct));
        });

    /// <summary>Lets the fault of that name happen; nothing that was planted may be seen.</summary>
    public async Task RunAsync(string name)
    {
        using var cage = new CanaryCage();
        cage.Show(Plants.Mail());

        await this[name](cage);

        cage.ShouldHoldEveryCanary();
    }
}
