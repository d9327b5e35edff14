using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Idempotency;

namespace TransactionalMail.Conformance;

/// <summary>What every <see cref="IIdempotencyLedger"/> does. Inherit it, and make an empty ledger of that kind.</summary>
public abstract class IdempotencyConformance : PortConformance<IIdempotencyLedger>
{
    private static readonly TimeSpan s_hold = TimeSpan.FromMinutes(1);

    /// <summary>Gets the clock the ledger must live by.</summary>
    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero));

    /// <summary>Makes an empty ledger, or returns the one of this test.</summary>
    protected abstract IIdempotencyLedger Ledger { get; }

    private protected sealed override IIdempotencyLedger Implementation => Ledger;

    [Fact]
    public async Task The_first_holds_a_key_and_the_others_wait()
    {
        var first = Claim("order");

        (await ClaimAsync(first)).Should().Be(first);
        var second = await ClaimAsync(Claim("order"));
        (second.State, second.MailId).Should().Be((IdempotencyState.Busy, first.MailId));
        (await ClaimAsync(Claim("ORDER"))).State.Should().Be(IdempotencyState.Held);
    }

    [Fact]
    public async Task A_receipt_is_for_all_who_come_later()
    {
        var first = await ClaimAsync(Claim("order"));
        var receipt = Receipt(first.MailId);
        await Ledger.SettleAsync(first, receipt, Ct);

        var second = await ClaimAsync(Claim("order"));

        (second.State, second.MailId).Should().Be((IdempotencyState.Settled, first.MailId));
        second.Receipt.Should().BeEquivalentTo(receipt);
    }

    [Fact]
    public async Task What_was_not_sent_gives_its_key_back()
    {
        var first = await ClaimAsync(Claim("order"));
        await Ledger.ReleaseAsync(first, Ct);
        var second = Claim("order", "other");

        (await ClaimAsync(second)).Should().Be(second);
    }

    [Fact]
    public async Task A_holder_who_says_nothing_loses_the_key_and_the_mail_keeps_its_identity()
    {
        var first = await ClaimAsync(Claim("order"));
        Clock.Advance(s_hold);
        var second = Claim("order");

        var standing = await ClaimAsync(second);

        (standing.State, standing.MailId, standing.Owner).Should().Be((IdempotencyState.Held, first.MailId, second.Owner));
        (await ClaimAsync(first)).State.Should().Be(IdempotencyState.Busy);
        await Ledger.ReleaseAsync(first, Ct);
        await Ledger.SettleAsync(first, Receipt(first.MailId), Ct);
        (await ClaimAsync(Claim("order"))).State.Should().Be(IdempotencyState.Busy, "who lost the key changes nothing");
    }

    [Fact]
    public async Task A_holder_who_goes_on_keeps_the_key()
    {
        var first = await ClaimAsync(Claim("order"));
        Clock.Advance(s_hold / 2);
        (await ClaimAsync(first)).State.Should().Be(IdempotencyState.Held);
        Clock.Advance(s_hold / 2);

        (await ClaimAsync(Claim("order"))).State.Should().Be(IdempotencyState.Busy);
    }

    [Fact]
    public async Task A_hold_can_be_ended_at_once()
    {
        var first = await ClaimAsync(Claim("order"));
        await Ledger.ClaimAsync(first, TimeSpan.Zero, Ct);

        var standing = await ClaimAsync(Claim("order"));

        (standing.State, standing.MailId).Should().Be((IdempotencyState.Held, first.MailId));
    }

    [Fact]
    public async Task Other_content_takes_nothing_over()
    {
        var first = await ClaimAsync(Claim("order"));
        Clock.Advance(s_hold);

        (await ClaimAsync(Claim("order", "other"))).ContentHash.Should().Be(first.ContentHash);
        (await ClaimAsync(Claim("order"))).State.Should().Be(IdempotencyState.Held);
    }

    [Fact]
    public async Task Is_forgotten_when_it_expires()
    {
        var first = await ClaimAsync(Claim("order"));
        await Ledger.SettleAsync(first, Receipt(first.MailId), Ct);
        Clock.Advance(TimeSpan.FromHours(23));
        (await ClaimAsync(Claim("order"))).State.Should().Be(IdempotencyState.Settled);
        Clock.Advance(TimeSpan.FromHours(1));
        var next = Claim("order", "other");

        (await ClaimAsync(next)).Should().Be(next);
    }

    [Fact]
    public async Task One_of_many_at_once_holds_the_key()
    {
        var claims = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => ClaimAsync(Claim("order")), Ct)));

        claims.Where(c => c.State is IdempotencyState.Held).Should().ContainSingle();
        claims.Select(c => c.MailId).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task Takes_part_in_cancellation()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        var claiming = async () => await Ledger.ClaimAsync(Claim("order"), s_hold, cancelled.Token);

        await claiming.Should().ThrowAsync<OperationCanceledException>();
        (await ClaimAsync(Claim("order"))).State.Should().Be(IdempotencyState.Held);
    }

    private IdempotencyClaim Claim(string key, string content = "same") =>
        new() { Key = key, ContentHash = content, MailId = MailId.New(Clock.GetUtcNow()), Owner = Guid.NewGuid(), ExpiresAt = Clock.GetUtcNow().AddHours(24) };

    private MailReceipt Receipt(MailId id) => new(
        id,
        $"{id.Value:N}@acme.example",
        [
            new RecipientOutcome("Ada <ada@example.com>", RecipientStatus.Accepted, "primary", "250 2.0.0 queued", null),
            new RecipientOutcome("jürgen@müller.example", RecipientStatus.Rejected, "primary", null, "550 no such user") { ProviderCode = "550", EnhancedCode = "5.1.1" },
        ],
        Attempts: 2,
        Clock.GetUtcNow());

    private async Task<IdempotencyClaim> ClaimAsync(IdempotencyClaim claim) => await Ledger.ClaimAsync(claim, s_hold, Ct);
}
