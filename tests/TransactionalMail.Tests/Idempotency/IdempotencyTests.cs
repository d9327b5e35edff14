using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Idempotency;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Delivery;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Idempotency;

public class IdempotencyTests
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;
    private static readonly EmailMessage s_order = Some.Email() with { IdempotencyKey = "order-1042" };

    [Fact]
    public async Task A_repeated_send_returns_the_receipt_of_the_first()
    {
        var (mailer, fake) = Some.FakeMailer();

        var first = await mailer.SendAsync(s_order, s_ct);
        var second = await mailer.SendAsync(s_order with { NotAfter = DateTimeOffset.UtcNow.AddMinutes(10) }, s_ct);

        second.Should().BeSameAs(first);
        fake.Sent.Should().ContainSingle();
    }

    [Fact]
    public async Task A_repeated_enqueueing_returns_the_id_of_the_first_O14()
    {
        var (mailer, fake) = Some.FakeMailer();

        var ids = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => mailer.EnqueueAsync(s_order, s_ct), s_ct)));
        await fake.WaitForAsync(cancellationToken: s_ct);
        var late = await mailer.EnqueueAsync(s_order, s_ct);
        await mailer.SendAsync(Some.Email(), s_ct);

        ids.Append(late).Distinct().Should().ContainSingle();
        fake.Sent.Should().HaveCount(2);
    }

    public static TheoryData<string, EmailMessage> OtherContent => new()
    {
        { "To", s_order with { To = ["grace@example.com"] } },
        { "a name", s_order with { To = ["Ada <ada@example.com>"] } },
        { "To as Cc", s_order with { To = [], Cc = s_order.To } },
        { "From", s_order with { From = "other@acme.example" } },
        { "the sender", s_order with { EnvelopeSender = "other@acme.example" } },
        { "the subject", s_order with { Subject = "other" } },
        { "no subject", s_order with { Subject = null, TextBody = s_order.Subject + s_order.TextBody } },
        { "HTML", s_order with { HtmlBody = "<p>other</p>" } },
        { "an attachment", s_order with { Attachments = [new EmailAttachment("a.txt", Encoding.UTF8.GetBytes("a"))] } },
        { "a tag", s_order with { Tags = ["a"] } },
        { "metadata", s_order with { Metadata = new Dictionary<string, string> { ["order"] = "1" } } },
        { "headers", s_order with { Headers = new Dictionary<string, string> { ["X-Order"] = "1" } } },
        { "options", s_order with { ProviderOptions = new Dictionary<string, string> { ["postmark:TrackLinks"] = "None" } } },
        { "the stream", s_order with { StreamName = "receipts" } },
    };

    [Theory]
    [MemberData(nameof(OtherContent), DisableDiscoveryEnumeration = true)]
    public async Task Other_content_under_the_same_key_is_an_error_and_is_not_sent(string what, EmailMessage other)
    {
        var services = Some.Services(mail => mail.AddStream("receipts", _ => { }));
        var fake = services.UseFakeMail();
        await using var provider = services.BuildServiceProvider();
        var mailer = provider.GetRequiredService<ITransactionalMailer>();
        var first = await mailer.SendAsync(s_order, s_ct);

        var sending = () => mailer.SendAsync(other, s_ct);
        var enqueueing = () => mailer.EnqueueAsync(other, s_ct);

        var conflict = (await sending.Should().ThrowAsync<IdempotencyConflictException>(what)).Which;
        conflict.MailId.Should().Be(first.Id);
        conflict.Message.Should().Contain($"{first.Id}").And.NotContain("order-1042");
        await enqueueing.Should().ThrowAsync<IdempotencyConflictException>(what);
        fake.Sent.Should().ContainSingle();
    }

    [Fact]
    public async Task Attachments_count_by_their_content()
    {
        var (mailer, fake) = Some.FakeMailer();
        EmailMessage With(string content) => s_order with { Attachments = [new EmailAttachment("a.txt", _ => ValueTask.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes(content))))] };
        await mailer.SendAsync(With("one"), s_ct);

        await mailer.SendAsync(With("one"), s_ct);
        var sending = () => mailer.SendAsync(With("two"), s_ct);

        await sending.Should().ThrowAsync<IdempotencyConflictException>();
        fake.Sent.Should().ContainSingle();
    }

    [Fact]
    public async Task Attachments_are_read_once_to_be_compared_and_sent()
    {
        var (mailer, fake) = Some.FakeMailer();
        var opened = 0;
        EmailMessage Order(string key) => s_order with
        {
            IdempotencyKey = key,
            Attachments = [new EmailAttachment("a.txt", _ =>
            {
                opened++;
                return ValueTask.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes("one")));
            })],
        };

        await mailer.SendAsync(Order("order-1"), s_ct);
        opened.Should().Be(1);
        var id = await mailer.EnqueueAsync(Order("order-2"), s_ct);

        opened.Should().Be(2);
        (await fake.WaitForAsync(mail => mail.Id == id, cancellationToken: s_ct)).Message.Attachments.Should().ContainSingle();
    }

    [Fact]
    public async Task What_was_sent_can_be_enqueued_but_what_was_enqueued_has_no_receipt()
    {
        var (mailer, fake) = Some.FakeMailer();
        var receipt = await mailer.SendAsync(s_order, s_ct);
        (await mailer.EnqueueAsync(s_order, s_ct)).Should().Be(receipt.Id);
        var other = Some.Email() with { IdempotencyKey = "order-1043" };
        var id = await mailer.EnqueueAsync(other, s_ct);
        await fake.WaitForAsync(mail => mail.Id == id, cancellationToken: s_ct);

        var sending = () => mailer.SendAsync(other, s_ct);

        (await sending.Should().ThrowAsync<IdempotencyConflictException>()).WithMessage("*enqueued*").Which.MailId.Should().Be(id);
        fake.Sent.Should().HaveCount(2);
    }

    [Fact]
    public async Task Who_comes_while_the_mail_is_sent_waits_for_its_receipt()
    {
        using var lab = new DeliveryLab();
        var release = new TaskCompletionSource();
        lab.Primary.Does(async (mail, _) =>
        {
            await release.Task;
            return TransportReceipt.Accepted(mail, "primary");
        });
        var first = lab.Mailer.SendAsync(s_order, s_ct);
        await lab.UntilAsync(() => lab.Primary.Attempts.Count == 1);

        var others = Enumerable.Range(0, 20).Select(_ => lab.Mailer.SendAsync(s_order, s_ct)).ToArray();
        for (var minute = 0; minute < 10; minute++)
        {
            lab.Clock.Advance(TimeSpan.FromSeconds(20));
            await Task.Yield();
        }

        others.Should().NotContain(other => other.IsCompleted, "the first one keeps its key, however long it takes");
        var enqueueing = () => lab.StartAsync().ContinueWith(started => started.Result.EnqueueAsync(s_order, s_ct), s_ct).Unwrap();
        await enqueueing.Should().ThrowAsync<IdempotencyConflictException>().WithMessage("*being sent*");
        release.SetResult();

        (await lab.LetTimePassAsync(Task.WhenAll(others))).Should().AllBeEquivalentTo(await first);
        lab.Primary.Attempts.Should().ContainSingle();
    }

    [Fact]
    public async Task What_certainly_did_not_go_out_can_be_sent_again_even_changed()
    {
        using var lab = new DeliveryLab { Stream = s => s.Retry.MaxAttempts = 1 };
        lab.Primary.Answers(_ => RecipientStatus.Rejected);
        await lab.FailAsync(s_order);

        var receipt = await lab.SendAsync(s_order with { To = ["grace@example.com"] });

        receipt.Recipients.Should().ContainSingle().Which.Status.Should().Be(RecipientStatus.Accepted);
    }

    [Fact]
    public async Task What_may_have_gone_out_is_sent_again_under_the_same_identity()
    {
        using var lab = new DeliveryLab { Stream = s => s.Retry.MaxAttempts = 1 };
        lab.Primary.Fails(TransportFailure.Network, mayHaveBeenAccepted: true);
        var doubt = await lab.FailAsync(s_order);

        var receipt = await lab.SendAsync(s_order);

        receipt.Id.Should().Be(doubt.Id);
        lab.Primary.Attempts.Select(a => a.MessageId).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task A_call_that_is_given_up_gives_the_key_back()
    {
        using var lab = new DeliveryLab();
        using var patience = new CancellationTokenSource();
        lab.Primary.Does(async (_, cancellationToken) =>
        {
            await patience.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidOperationException("It was not cancelled.");
        });

        var sending = () => lab.SendAsync(s_order, patience);

        await sending.Should().ThrowAsync<OperationCanceledException>();
        (await lab.SendAsync(s_order)).Recipients.Should().ContainSingle().Which.Status.Should().Be(RecipientStatus.Accepted);
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_read_stops_the_mail_and_one_that_cannot_be_told_does_not_make_it_fail()
    {
        var services = Some.Services();
        var fake = services.UseFakeMail();
        var ledger = new BrokenLedger();
        services.AddSingleton<IIdempotencyLedger>(ledger);
        await using var provider = services.BuildServiceProvider();
        var mailer = provider.GetRequiredService<ITransactionalMailer>();

        var sending = () => mailer.SendAsync(s_order, s_ct);
        await sending.Should().ThrowAsync<IOException>();
        fake.Sent.Should().BeEmpty();

        ledger.IsReadable = true;
        (await mailer.SendAsync(s_order, s_ct)).Recipients.Should().ContainSingle();
        fake.FailNext(TransportFailure.MessageRejected);
        (await sending.Should().ThrowAsync<MailDeliveryException>()).Which.Failures.Should().ContainSingle();
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(TaskCanceledException))]
    public async Task A_ledger_that_fails_for_a_moment_after_the_mail_went_out_knows_of_it_all_the_same(Type failure)
    {
        var services = Some.Services();
        var fake = services.UseFakeMail();
        services.AddSingleton<IIdempotencyLedger>(s => new FlakyLedger(new InMemoryIdempotencyLedger(TimeProvider.System), () => (Exception)Activator.CreateInstance(failure)!));
        await using var provider = services.BuildServiceProvider();
        var mailer = provider.GetRequiredService<ITransactionalMailer>();

        var first = await mailer.SendAsync(s_order, s_ct);
        var second = await mailer.SendAsync(s_order, s_ct);

        second.Id.Should().Be(first.Id);
        fake.Sent.Should().ContainSingle();
    }

    [Fact]
    public async Task An_interceptor_does_not_change_the_key()
    {
        var services = Some.Services(mail => mail.AddInterceptor<Rekeying>());
        var fake = services.UseFakeMail();
        await using var provider = services.BuildServiceProvider();
        var mailer = provider.GetRequiredService<ITransactionalMailer>();

        MailId[] ids = [await mailer.EnqueueAsync(Some.Email(), s_ct), await mailer.EnqueueAsync(Some.Email(), s_ct)];

        ids.Should().OnlyHaveUniqueItems();
        foreach (var id in ids) await fake.WaitForAsync(mail => mail.Id == id, cancellationToken: s_ct);
    }

    private sealed class Rekeying : IMailInterceptor
    {
        public ValueTask<EmailMessage> OnSendingAsync(EmailMessage message, CancellationToken cancellationToken) => ValueTask.FromResult(message with { IdempotencyKey = "the same for all" });
    }

    private sealed class BrokenLedger : IIdempotencyLedger
    {
        public bool IsReadable { get; set; }

        public ValueTask<IdempotencyClaim> ClaimAsync(IdempotencyClaim claim, TimeSpan hold, CancellationToken cancellationToken = default) => IsReadable ? ValueTask.FromResult(claim) : throw new IOException("gone");

        public ValueTask SettleAsync(IdempotencyClaim claim, MailReceipt receipt, CancellationToken cancellationToken = default) => throw new IOException("gone");

        public ValueTask ReleaseAsync(IdempotencyClaim claim, CancellationToken cancellationToken = default) => throw new IOException("gone");
    }

    /// <summary>A ledger that cannot be told that a mail is out, at first.</summary>
    private sealed class FlakyLedger(IIdempotencyLedger ledger, Func<Exception> fail) : IIdempotencyLedger
    {
        private int _left = 2;

        public ValueTask<IdempotencyClaim> ClaimAsync(IdempotencyClaim claim, TimeSpan hold, CancellationToken cancellationToken = default) => ledger.ClaimAsync(claim, hold, cancellationToken);

        public ValueTask SettleAsync(IdempotencyClaim claim, MailReceipt receipt, CancellationToken cancellationToken = default) => _left-- > 0 ? throw fail() : ledger.SettleAsync(claim, receipt, cancellationToken);

        public ValueTask ReleaseAsync(IdempotencyClaim claim, CancellationToken cancellationToken = default) => ledger.ReleaseAsync(claim, cancellationToken);
    }
}
