using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace TransactionalMail.Tests.Transports.Pickup;

public sealed class PickupTransportTests : IDisposable
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pickup-");

    [Fact]
    public async Task Writes_each_mail_as_one_whole_file()
    {
        var mailer = Mailer($"pickup://{_folder.FullName}/new");

        var receipt = await mailer.SendAsync(Some.Email() with { Bcc = ["grace@example.com"] }, s_ct);

        var file = new DirectoryInfo(Path.Combine(_folder.FullName, "new")).GetFiles().Should().ContainSingle().Which;
        file.Name.Should().Be($"{receipt.Id}.eml");
        receipt.Recipients.Should().HaveCount(2).And.OnlyContain(r => r.ProviderMessageId == file.Name);
        using var message = await MimeMessage.LoadAsync(file.FullName, s_ct);
        message.Subject.Should().Be("Your order 1042");
        (await File.ReadAllTextAsync(file.FullName, s_ct)).Should().NotContain("grace");
    }

    [Fact]
    public async Task Writes_the_envelope_first_where_a_pickup_service_reads_it()
    {
        await Mailer($"pickup://{_folder.FullName}?WriteEnvelope=true").SendAsync(Some.Email() with { Bcc = ["grace@example.com"] }, s_ct);

        var lines = await File.ReadAllLinesAsync(_folder.GetFiles().Single().FullName, s_ct);
        lines.Take(3).Should().Equal("X-Sender: no-reply@acme.example", "X-Receiver: ada@example.com", "X-Receiver: grace@example.com");
    }

    [Fact]
    public async Task Explains_a_folder_it_cannot_write_to()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "file"), "", s_ct);

        var sending = () => Mailer($"pickup://{_folder.FullName}/file/sub").SendAsync(Some.Email(), s_ct);

        (await sending.Should().ThrowAsync<MailDeliveryException>()).Which.Failures.Should().ContainSingle().Which.Failure.Should().Be(TransportFailure.Unavailable);
    }

    [Fact]
    public async Task Leaves_nothing_behind_when_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        var sending = () => Mailer($"pickup://{_folder.FullName}").SendAsync(Some.Email(), cancelled.Token);

        await sending.Should().ThrowAsync<OperationCanceledException>();
        _folder.GetFiles().Should().BeEmpty();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static ITransactionalMailer Mailer(string dsn) =>
        Some.Services(mail => mail.AddTransport("pickup", dsn)).BuildServiceProvider().GetRequiredService<ITransactionalMailer>();
}
