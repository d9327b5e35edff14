using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Configuration;

public sealed class TransportReloadTests : IDisposable
{
    private const string Key = "Transports:primary";
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
    private readonly FakeLogCollector _logs = new();
    private ServiceProvider? _services;

    [Fact]
    public async Task A_rotated_password_is_used_without_a_restart()
    {
        await using var old = LocalSmtpServer.Start(new() { UserName = "acme", Password = "old" });
        await using var renewed = LocalSmtpServer.Start(new() { UserName = "acme", Password = "new" });
        _configuration[Key] = Dsn(old, "old");
        var mailer = Mailer();
        await mailer.SendAsync(Some.Email(), s_ct);

        _configuration[Key] = Dsn(renewed, "new");
        _configuration.Reload();
        await mailer.SendAsync(Some.Email(), s_ct);

        (old.Messages.Count, renewed.Messages.Count).Should().Be((1, 1));
        _logs.GetSnapshot().Should().ContainSingle(l => l.Id.Id == 104);
    }

    [Fact]
    public async Task A_change_that_cannot_be_used_leaves_the_old_settings_and_is_logged_without_its_secrets_P01()
    {
        await using var server = LocalSmtpServer.Start(new() { UserName = "acme", Password = "old" });
        _configuration[Key] = Dsn(server, "old");
        var mailer = Mailer();

        _configuration[Key] = $"smtp://acme:n3w-s3cret@{server.Host}:99999999";
        _configuration.Reload();
        await mailer.SendAsync(Some.Email(), s_ct);

        server.Messages.Should().ContainSingle();
        _logs.GetSnapshot().Should().ContainSingle(l => l.Id.Id == 105 && l.Level == LogLevel.Error).Which.Message.Should().Contain("port").And.NotContain("n3w");
    }

    [Fact]
    public async Task A_change_elsewhere_leaves_the_transport_as_it_is()
    {
        await using var server = LocalSmtpServer.Start(new() { UserName = "acme", Password = "old" });
        _configuration[Key] = Dsn(server, "old");
        var mailer = Mailer();
        await mailer.SendAsync(Some.Email(), s_ct);

        _configuration["From"] = "Someone <else@acme.example>";
        _configuration.Reload();
        await mailer.SendAsync(Some.Email(), s_ct);

        server.ConnectionCount.Should().Be(1);
        _logs.GetSnapshot().Should().NotContain(l => l.Id.Id == 104);
    }

    [Fact]
    public async Task Mail_under_way_is_finished_by_the_transport_it_began_with()
    {
        await using var old = LocalSmtpServer.Start(new() { UserName = "acme", Password = "old" });
        await using var renewed = LocalSmtpServer.Start(new() { UserName = "acme", Password = "new" });
        _configuration[Key] = Dsn(old, "old");
        var mailer = Mailer();
        old.On(SmtpStage.EndOfData, _ =>
        {
            _configuration[Key] = Dsn(renewed, "new");
            _configuration.Reload();
            return null;
        });

        var receipt = await mailer.SendAsync(Some.Email(), s_ct);

        receipt.Attempts.Should().Be(1);
        old.Messages.Should().ContainSingle();
        await mailer.SendAsync(Some.Email(), s_ct);
        renewed.Messages.Should().ContainSingle();
    }

    public void Dispose() => _services?.Dispose();

    private static string Dsn(LocalSmtpServer server, string password) =>
        $"smtp://acme:{password}@{server.Host}:{server.Port}?security=none&allowUnencryptedAuthentication=true";

    private ITransactionalMailer Mailer()
    {
        _configuration["From"] = "no-reply@acme.example";
        var services = new ServiceCollection();
        services.AddTransactionalMail(_configuration).AddStream("default", stream => stream.Retry.MaxAttempts = 1);
        services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(_logs)));
        _services = services.BuildServiceProvider();
        return _services.GetRequiredService<ITransactionalMailer>();
    }
}
