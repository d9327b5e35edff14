using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Testing;
using TransactionalMail.Transports.Smtp;

namespace TransactionalMail.Tests.Canaries;

/// <summary>Conversations that fail at each stage, with relays that repeat what they were told.</summary>
[Collection(nameof(CanaryCage))]
public class SmtpCanaryTests
{
    private static readonly SmtpStage[] s_stages = [SmtpStage.Connect, SmtpStage.Ehlo, SmtpStage.Auth, SmtpStage.MailFrom, SmtpStage.RcptTo, SmtpStage.Data, SmtpStage.EndOfData];

    internal static readonly CanaryFaults Faults = FindFaults();

    public static TheoryData<string> Names => Faults.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Reports_a_failed_conversation_without_what_was_said_in_it_P01_P02(string fault) => Faults.RunAsync(fault);

    [Theory]
    [MemberData(nameof(Disguises))]
    public async Task Masks_words_of_the_mail_that_a_relay_repeats_P02(string form)
    {
        using var cage = new CanaryCage();
        var disguise = RelayEcho.Disguises.Single(d => d.Form == form).Disguise;
        foreach (var stage in new[] { SmtpStage.RcptTo, SmtpStage.EndOfData }) await EchoAsync(cage, stage, "550", RelayEcho.Addresses.Concat(RelayEcho.Personal).Select(disguise));
        cage.ShouldHoldEveryCanary();
    }

    [Theory]
    [MemberData(nameof(Disguises))]
    public async Task Masks_an_access_token_that_a_relay_repeats_P01(string form)
    {
        using var cage = new CanaryCage();
        var disguise = RelayEcho.Disguises.Single(d => d.Form == form).Disguise;
        foreach (var stage in s_stages.SkipWhile(s => s is not SmtpStage.Auth)) await EchoAsync(cage, stage, "550", [disguise(Plants.Token)], UseToken);
        cage.ShouldHoldEveryCanary();
    }

    [Fact]
    public void Settings_show_no_DSN_in_the_place_of_the_host_P01()
    {
        using var cage = new CanaryCage();
        cage.Show(new SmtpOptions { Host = $"smtp://{Plants.DsnUserName}:{Plants.DsnPassword}@relay.example" });
        cage.ShouldHoldEveryCanary();
    }

    public static TheoryData<string> Disguises => [.. RelayEcho.Disguises.Select(d => d.Form)];

    private static CanaryFaults FindFaults()
    {
        var faults = new CanaryFaults();
        foreach (var stage in s_stages)
        {
            foreach (var (form, disguise) in RelayEcho.Disguises)
            {
                faults.Add($"{stage} refused for good with credentials, {form}", cage => EchoAsync(cage, stage, "550", RelayEcho.Secrets.Select(disguise)));
            }

            faults.Add($"{stage} refused for good with addresses", cage => EchoAsync(cage, stage, "550", RelayEcho.Addresses.Select(a => $"\"{a}\", {a} {a.ToUpperInvariant()}")));
            faults.Add($"{stage} refused for now with the password", cage => EchoAsync(cage, stage, "451", [Plants.Password]));
            Fails($"{stage} closed", server => server.Reply(stage, SmtpReply.Close));
            Fails($"{stage} reset", server => server.Reply(stage, SmtpReply.Reset));
            Fails($"{stage} silent", server => server.Reply(stage, SmtpReply.Silence), smtp => (smtp.ConnectTimeout, smtp.SendTimeout) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(50)));
            Fails($"{stage} answered with 421 and closed", server => server.Reply(stage, SmtpReply.FromString($"421 4.3.2 {Plants.Password} {Plants.To[0].Address}").ThenClose()));
            Fails($"{stage} answered with garbage", server => server.Reply(stage, SmtpReply.Raw(Encoding.UTF8.GetBytes($"{Plants.Password} {Plants.To[0].Address} {Plants.Subject}\r\n")).ThenClose()));
            Fails($"{stage} answered with half a reply", server => server.Reply(stage, SmtpReply.Raw(Encoding.UTF8.GetBytes($"550-{Plants.Password}\r\n550-{Plants.To[0].Address}")).ThenClose()));
            Fails($"{stage} answered with a very long reply", server => server.Reply(stage, SmtpReply.FromString($"550 {string.Concat(Enumerable.Repeat($"{Plants.Password} ", 500))}")));
        }

        Fails("content cut by a reset", server => server.Reply(SmtpStage.Data, SmtpReply.FromString("354 Go ahead").ThenReset(afterBytes: 500)));
        Fails("greeting of another protocol", server => server.Reply(SmtpStage.Connect, SmtpReply.Raw("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray())));
        Fails("credentials that are wrong", _ => { }, options: Offering("another password"));
        Fails("a token that is refused", server => server.Reply(SmtpStage.Auth, $"535 5.7.8 {Plants.Token} {Convert.ToBase64String(Encoding.UTF8.GetBytes(Plants.Token))}"), UseToken);
        Fails("a source of tokens that throws", _ => { }, smtp => (smtp.Password, smtp.AccessToken) = (null, _ => throw new InvalidOperationException("No token today.")));
        Fails("a source of tokens that is too slow", _ => { }, smtp => (smtp.Password, smtp.AccessToken, smtp.ConnectTimeout) = (null, async token =>
        {
            await Task.Delay(-1, token);
            return Plants.Token;
        }, TimeSpan.FromMilliseconds(50)));
        Fails("a relay without AUTH", _ => { }, options: new());
        Fails("mail that is too large", _ => { }, options: new() { UserName = Plants.UserName, Password = Plants.Password, MaxMessageSize = 500 });
        Fails("a certificate nobody vouches for", _ => { }, smtp => smtp.Security = SmtpSecurity.StartTls, new() { Security = SmtpServerSecurity.StartTls, UserName = Plants.UserName, Password = Plants.Password });
        Fails("a certificate nobody vouches for, TLS from the start", _ => { }, smtp => smtp.Security = SmtpSecurity.Tls, new() { Security = SmtpServerSecurity.Tls, UserName = Plants.UserName, Password = Plants.Password });
        Fails("a relay without STARTTLS", _ => { }, smtp => smtp.Security = SmtpSecurity.StartTls);
        Fails("STARTTLS refused", server => server.Reply(SmtpStage.StartTls, $"454 4.7.0 {Plants.Password} {Plants.To[0].Address}"), smtp => smtp.Security = SmtpSecurity.StartTls, new() { Security = SmtpServerSecurity.StartTls, UserName = Plants.UserName, Password = Plants.Password });
        Fails("TLS where there is none", _ => { }, smtp => smtp.Security = SmtpSecurity.Tls);
        Fails("a port nobody listens on", _ => { }, smtp => smtp.Port = ClosedPort());
        Fails("a host that does not exist", _ => { }, smtp => (smtp.Host, smtp.Security) = ("relay.invalid", SmtpSecurity.StartTls));
        faults.Add("an international mailbox the relay cannot reach", async cage =>
        {
            await using var server = LocalSmtpServer.Start(new() { UserName = Plants.UserName, Password = Plants.Password, SmtpUtf8 = false });
            var mail = Plants.Mail() with { To = [$"ä{Plants.To[0].LocalPart}@{Plants.To[0].Domain}"] };
            cage.Show(await Mailer(cage, server).SendAsync(mail, CanaryFaults.Ct));
            await cage.CatchAsync<MailDeliveryException>(() => Mailer(cage, server).SendAsync(mail with { EnvelopeSender = mail.To[0] }, CanaryFaults.Ct));
        });
        faults.Add("a relay that accepts and repeats everything", async cage =>
        {
            await using var server = LocalSmtpServer.Start(Offering(Plants.Password));
            server.RejectRecipient(Plants.To[0].Address, $"550 5.1.1 {Plants.To[0].Address} {Plants.Password}");
            server.RejectRecipient(Plants.Bcc[0].Address, $"450 4.2.2 <{Plants.Bcc[0].Address}> {Plants.UserName}");
            server.Reply(SmtpStage.EndOfData, $"250 2.0.0 {Plants.Password} {Plants.Cc[0].Address} queued");
            cage.Show(await Mailer(cage, server).SendAsync(Plants.Mail(), CanaryFaults.Ct));
        });
        foreach (var stage in new[] { SmtpStage.Ehlo, SmtpStage.RcptTo, SmtpStage.EndOfData })
        {
            faults.Add($"a send that is cancelled at {stage}", async cage =>
            {
                await using var server = LocalSmtpServer.Start(Offering(Plants.Password));
                using var patience = new CancellationTokenSource();
                server.On(stage, _ =>
                {
                    patience.Cancel();
                    return SmtpReply.Silence;
                });
                await cage.CatchAsync<Exception>(() => Mailer(cage, server).SendAsync(Plants.Mail(), patience.Token));
            });
        }

        return faults;

        void Fails(string name, Action<LocalSmtpServer> arrange, Action<SmtpOptions>? configure = null, LocalSmtpServerOptions? options = null) => faults.Add(name, async cage =>
        {
            await using var server = LocalSmtpServer.Start(options ?? Offering(Plants.Password));
            arrange(server);
            await cage.CatchAsync<MailDeliveryException>(() => Mailer(cage, server, configure).SendAsync(Plants.Mail(), CanaryFaults.Ct));
        });
    }

    private static async Task EchoAsync(CanaryCage cage, SmtpStage stage, string code, IEnumerable<string> texts, Action<SmtpOptions>? configure = null)
    {
        await using var server = LocalSmtpServer.Start(Offering(Plants.Password));
        var mailer = Mailer(cage, server, configure);
        foreach (var text in texts)
        {
            var lines = $"5.7.1 No, {text} is wrong".Split('\n');
            server.Reply(stage, string.Join('\n', lines.Select((line, i) => $"{code}{(i == lines.Length - 1 ? ' ' : '-')}{line}")));
            await cage.CatchAsync<MailDeliveryException>(() => mailer.SendAsync(Plants.Mail(), CanaryFaults.Ct));
        }

        server.Transcript.Replies.Should().Contain(r => r.Contains("is wrong", StringComparison.Ordinal), "the relay said it");
    }

    private static LocalSmtpServerOptions Offering(string password) => new() { UserName = Plants.UserName, Password = password, AccessToken = Plants.Token };

    private static void UseToken(SmtpOptions smtp) => (smtp.Password, smtp.AccessToken) = (null, _ => ValueTask.FromResult(Plants.Token));

    private static ITransactionalMailer Mailer(CanaryCage cage, LocalSmtpServer server, Action<SmtpOptions>? configure = null) => Plants.Services(cage, mail => mail.AddSmtp("smtp", smtp =>
    {
        (smtp.Host, smtp.Port, smtp.Security) = (server.Host, server.Port, SmtpSecurity.None);
        Plants.Credentials(smtp);
        configure?.Invoke(smtp);
    }).LimitTransport("smtp", limits => limits.CoolDown = limits.MaxCoolDown = TimeSpan.FromTicks(1))).BuildServiceProvider().GetRequiredService<ITransactionalMailer>();

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
