using System.Text;
using TransactionalMail.Conformance;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Testing;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests;

/// <summary>A suite that passes whatever a transport does would be worth nothing: each of these transports has one fault.</summary>
public class TransportConformanceTests
{
    private delegate Task<TransportReceipt> Attempt(IMailTransport sound, OutboundMail mail, CancellationToken cancellationToken);

    [Fact]
    public Task Notices_a_recipient_without_an_outcome() => Fails(
        suite => suite.Answers_once_for_each_recipient_of_the_envelope(),
        async (sound, mail, token) =>
        {
            var receipt = await sound.SendAsync(mail, token);
            return receipt with { Recipients = [.. receipt.Recipients.Skip(1)] };
        });

    [Fact]
    public Task Notices_a_recipient_twice_in_the_envelope() => Fails(
        suite => suite.Answers_once_for_each_recipient_of_the_envelope(),
        arrives: mail => mail with { Envelope = mail.Envelope! with { Recipients = [.. mail.Envelope.Recipients, mail.Envelope.Recipients[0]] } });

    [Fact]
    public Task Notices_a_refusal_that_is_called_a_success() => Fails(
        suite => suite.Says_which_recipients_were_refused_and_reaches_the_others(),
        async (sound, mail, token) =>
        {
            await sound.SendAsync(mail, token);
            return TransportReceipt.Accepted(mail, "tested");
        });

    [Fact]
    public Task Notices_an_exception_in_the_place_of_outcomes() => Fails(
        suite => suite.Answers_also_where_every_recipient_is_refused(),
        (_, _, _) => throw new MailTransportException(TransportFailure.RecipientsRejected, "tested", "All were refused."));

    [Fact]
    public Task Notices_an_envelope_made_from_what_is_visible() => Fails(
        suite => suite.Reaches_those_still_to_try_and_shows_everybody_the_mail_is_for(),
        arrives: mail => mail with { Envelope = mail.Envelope! with { Recipients = mail.Message.To } });

    [Fact]
    public Task Notices_a_Message_ID_that_nobody_sees() => Fails(
        suite => suite.Keeps_the_Message_ID_or_does_not_claim_to(),
        arrives: mail => mail with { MessageId = "replaced@provider.example" });

    [Fact]
    public Task Notices_a_script_that_does_not_survive() => Fails(
        suite => suite.Carries_what_every_mail_has_in_every_script(),
        arrives: mail => mail with { Message = mail.Message with { Cc = [new("nadia@example.com", "?????")] } });

    [Theory]
    [MemberData(nameof(TransportConformance.Features), MemberType = typeof(TransportConformance))]
    public Task Notices_a_feature_that_is_dropped(MailFeatures feature) => Fails(
        suite => suite.Carries_a_feature_it_declares_and_is_never_asked_for_another(feature),
        arrives: mail => mail with
        {
            Envelope = mail.Envelope! with { Sender = mail.Message.From! },
            Message = new EmailMessage { From = mail.Message.From, To = mail.Message.To, Subject = mail.Message.Subject, TextBody = mail.Message.TextBody, HtmlBody = mail.Message.HtmlBody },
        });

    [Fact]
    public Task Notices_a_blind_copy_that_shows() => Fails(
        suite => suite.Nobody_sees_a_blind_copy(),
        arrives: mail => mail with { Visible = Encoding.UTF8.GetBytes($"X-Receiver: {mail.Envelope!.Recipients[^1]}\r\n") });

    [Fact]
    public Task Notices_a_mail_that_goes_out_although_nobody_waits() => Fails(
        suite => suite.Sends_nothing_once_the_caller_has_given_up(),
        (sound, mail, _) => sound.SendAsync(mail, CancellationToken.None));

    [Fact]
    public Task Notices_mails_that_mix() => Fails(
        suite => suite.Parallel_mails_do_not_mix(),
        arrives: mail => mail with { Message = mail.Message with { TextBody = "line 0\n" } });

    [Fact]
    public Task Notices_an_exception_that_should_not_escape() => Fails(
        suite => suite.A_failure_tells_neither_addresses_nor_secrets_nor_content_P02(),
        (_, _, _) => throw new InvalidOperationException());

    [Fact]
    public Task Notices_a_failure_that_tells_an_address() => Fails(
        suite => suite.A_failure_tells_neither_addresses_nor_secrets_nor_content_P02(),
        (_, mail, _) => throw new MailTransportException(TransportFailure.Unavailable, "tested", $"{mail.Envelope.Recipients[0].Address} is busy."));

    [Fact]
    public Task Notices_a_failure_that_stays() => Fails(
        suite => suite.A_failure_does_not_outlast_its_cause(),
        (_, _, _) => throw new MailTransportException(TransportFailure.Unavailable, "tested", "Busy."));

    [Fact]
    public Task Notices_a_second_disposal_that_fails() => Fails(suite => suite.Can_be_disposed_twice_used_or_not(), disposals: 1);

    private static async Task Fails(Func<TransportConformance, Task> claim, Attempt? attempt = null, Func<ArrivedMail, ArrivedMail>? arrives = null, int disposals = int.MaxValue)
    {
        var sound = new Suite(static (transport, mail, token) => transport.SendAsync(mail, token), static mail => mail, int.MaxValue);
        await claim(sound);
        await sound.DisposeAsync();
        var faulty = new Suite(attempt ?? (static (transport, mail, token) => transport.SendAsync(mail, token)), arrives ?? (static mail => mail), disposals);

        var testing = () => claim(faulty);

        await testing.Should().ThrowAsync<Exception>();
    }

    private sealed class Suite(Attempt attempt, Func<ArrivedMail, ArrivedMail> arrives, int disposals) : FakeConformanceTests
    {
        protected override IMailTransport Create(MailTransportContext context) => new Faulty(base.Create(context), attempt, disposals);

        protected override async ValueTask<IReadOnlyList<ArrivedMail>> ReadAsync(CancellationToken cancellationToken) => [.. (await base.ReadAsync(cancellationToken)).Select(arrives)];
    }

    private sealed class Faulty(IMailTransport sound, Attempt attempt, int disposals) : IMailTransport, IDisposable
    {
        public MailFeatures Features => sound.Features;

        public Task<TransportReceipt> SendAsync(OutboundMail mail, CancellationToken cancellationToken) => attempt(sound, mail, cancellationToken);

        public void Dispose() => ObjectDisposedException.ThrowIf(disposals-- <= 0, this);
    }
}
