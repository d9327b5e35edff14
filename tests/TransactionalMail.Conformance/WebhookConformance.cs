using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TransactionalMail.Transports;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Conformance;

/// <summary>What every <see cref="IMailWebhook"/> does. Inherit it, and write the provider's requests.</summary>
public abstract class WebhookConformance : PortConformance<IMailWebhook>
{
    private static readonly DateTimeOffset s_noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly Lazy<IMailWebhook> _webhook;

    protected WebhookConformance() =>
        _webhook = new(() => Create(new MailTransportContext("tested", Services.BuildServiceProvider())));

    /// <summary>Gets the clock of the webhook.</summary>
    protected FakeTimeProvider Clock { get; } = new(s_noon);

    /// <summary>Gets whether what proves a request covers its body.</summary>
    protected virtual bool ProvesBody => true;

    /// <summary>Gets whether what proves a request says when it was made.</summary>
    protected virtual bool ProvesTime => true;

    /// <summary>Gets how far the time of a request may be from ours.</summary>
    protected virtual TimeSpan Tolerance => TimeSpan.FromMinutes(5);

    /// <summary>Gets the services of the application.</summary>
    protected virtual IServiceCollection Services => new ServiceCollection().AddSingleton<TimeProvider>(Clock);

    /// <summary>Gets the webhook, made when it is first asked for.</summary>
    protected IMailWebhook Webhook => _webhook.Value;

    private protected sealed override IMailWebhook Implementation => Webhook;

    /// <summary>Makes the webhook.</summary>
    protected abstract IMailWebhook Create(MailTransportContext context);

    /// <summary>Writes a body in which the provider tells one event.</summary>
    /// <param name="name">The name of the event: of a delivery where it is <see langword="null"/>, or one nobody knows.</param>
    /// <param name="mailId">The mail, as the transport sent it along.</param>
    protected abstract string Write(string? name, MailId mailId);

    /// <summary>Makes the request that the provider would send with a body.</summary>
    protected abstract MailWebhookRequest Sign(byte[] body, DateTimeOffset at);

    [Fact]
    public async Task Tells_a_delivery_with_the_id_the_mail_was_sent_with()
    {
        var id = MailId.New(s_noon);

        var told = (await ReceiveAsync(Write(null, id))).Should().ContainSingle().Which.Should().BeOfType<MailDelivered>().Which;

        told.MailId.Should().Be(id);
        told.Recipient!.Address.Should().Be("ada@example.com");
        told.Tags.Should().Equal("receipt");
        told.Metadata.Should().Equal(new Dictionary<string, string> { ["order"] = "42" });
        told.OccurredAt.Should().BeCloseTo(s_noon, TimeSpan.FromMinutes(1));
        told.ProviderMessageId.Should().NotBeNullOrEmpty();
    }

    [Fact]
    public async Task Tells_the_same_event_under_the_same_id_W07()
    {
        var (first, second) = (Write(null, MailId.New(s_noon)), Write(null, MailId.New(s_noon)));

        var told = (await ReceiveAsync(first))[0].EventId;
        Clock.Advance(TimeSpan.FromSeconds(30));

        (await ReceiveAsync(first))[0].EventId.Should().Be(told);
        told.Should().NotBe(Guid.Empty);
        first.Should().NotBe(second);
    }

    [Fact]
    public async Task Keeps_an_event_nobody_knows_W08()
    {
        var id = MailId.New(s_noon);

        var told = (await ReceiveAsync(Write("mailbox_painted", id))).Should().ContainSingle().Which.Should().BeOfType<MailUnknownEvent>().Which;

        told.Name.Should().Contain("mailbox_painted");
        told.MailId.Should().Be(id);
    }

    [Fact]
    public async Task Refuses_a_request_without_any_one_of_its_proofs_W01()
    {
        var request = Sign(Encoding.UTF8.GetBytes(Write(null, MailId.New(s_noon))), s_noon);
        foreach (var header in request.Headers.Keys.Where(static h => h is not "Content-Type"))
        {
            await RefusesAsync(request with { Headers = request.Headers.Where(h => h.Key != header).ToDictionary() }, WebhookRefusal.Unauthenticated, header);
            await RefusesAsync(request with { Headers = request.Headers.ToDictionary(h => h.Key, h => h.Key == header ? "" : h.Value) }, WebhookRefusal.Unauthenticated, header);
        }
    }

    [Fact]
    public async Task Refuses_a_request_of_which_any_proof_is_changed_in_one_place_W01()
    {
        var request = Sign(Encoding.UTF8.GetBytes(Write(null, MailId.New(s_noon))), s_noon);
        foreach (var (name, value) in request.Headers.Where(static h => h.Key is not "Content-Type"))
        {
            for (var i = 0; i < value.Length; i++)
            {
                var changed = $"{value[..i]}{(char)(value[i] ^ 1)}{value[(i + 1)..]}";
                await RefusesAsync(request with { Headers = request.Headers.ToDictionary(h => h.Key, h => h.Key == name ? changed : h.Value) }, WebhookRefusal.Unauthenticated, $"{name}: {changed}");
            }
        }
    }

    [Fact]
    public async Task Refuses_a_body_that_is_changed_in_one_place_where_the_proof_covers_it_W01_W03()
    {
        var request = Sign(Encoding.UTF8.GetBytes(Write(null, MailId.New(s_noon))), s_noon);
        if (ProvesBody) await Implementation.ReceiveAsync(request, Ct);
        for (var i = 0; ProvesBody && i < request.Body.Length; i++)
        {
            var body = request.Body.ToArray();
            body[i] ^= 1;
            var receiving = () => Implementation.ReceiveAsync(request with { Body = body }, Ct).AsTask();
            (await receiving.Should().ThrowAsync<MailWebhookException>()).Which.Refusal.Should().BeOneOf(WebhookRefusal.Unauthenticated, WebhookRefusal.Malformed);
        }
    }

    [Fact]
    public async Task Refuses_a_request_from_another_time_W02()
    {
        var body = Encoding.UTF8.GetBytes(Write(null, MailId.New(s_noon)));
        if (!ProvesTime)
        {
            (await Implementation.ReceiveAsync(Sign(body, s_noon.AddDays(-1)), Ct)).Should().ContainSingle();
            return;
        }

        (await Implementation.ReceiveAsync(Sign(body, s_noon - Tolerance + TimeSpan.FromSeconds(1)), Ct)).Should().ContainSingle();
        await RefusesAsync(Sign(body, s_noon - Tolerance - TimeSpan.FromSeconds(1)), WebhookRefusal.Unauthenticated, "it is old");
        await RefusesAsync(Sign(body, s_noon + Tolerance + TimeSpan.FromSeconds(1)), WebhookRefusal.Unauthenticated, "it comes from the future");
    }

    [Fact]
    public async Task Refuses_what_is_too_large_or_of_another_type_W06_W08()
    {
        var request = Sign(Encoding.UTF8.GetBytes(Write(null, MailId.New(s_noon))), s_noon);

        await RefusesAsync(request with { Headers = request.Headers.ToDictionary(h => h.Key, h => h.Key is "Content-Type" ? "text/html" : h.Value) }, WebhookRefusal.UnsupportedMediaType, "HTML");
        await RefusesAsync(Sign(new byte[WebhookReader.LargestBody + 1], s_noon), WebhookRefusal.TooLarge, "large");
    }

    [Fact]
    public async Task Takes_none_of_34_000_forgeries_W01()
    {
        var random = new Random(7);
        var request = Sign(Encoding.UTF8.GetBytes(Write(null, MailId.New(s_noon))), s_noon);
        await Implementation.ReceiveAsync(request, Ct);
        var taken = 0;
        for (var i = 0; i < 34_000; i++)
        {
            try
            {
                await Implementation.ReceiveAsync(Forge(request, random), Ct);
                taken++;
            }
            catch (MailWebhookException refused)
            {
                refused.Refusal.Should().BeOneOf(WebhookRefusal.Unauthenticated, WebhookRefusal.Malformed);
            }
        }

        taken.Should().Be(0);
    }

    [Fact]
    public async Task Never_fails_otherwise_whatever_a_proven_body_holds_W08()
    {
        var random = new Random(42);
        var valid = Encoding.UTF8.GetBytes(Write(null, MailId.New(s_noon)));
        List<byte[]> bodies = [[], "null"u8.ToArray(), "[]"u8.ToArray(), "[[]]"u8.ToArray(), "{}"u8.ToArray(), "[null, 1, \"x\", {}]"u8.ToArray(), Encoding.UTF8.GetBytes(new string('[', 100_000)), [0xFF, 0xFE], "{\"event\":\"\\ud800\"}"u8.ToArray()];
        for (var i = 0; i < 2_000; i++)
        {
            var body = valid.ToArray();
            for (var n = random.Next(1, 6); n > 0; n--) body[random.Next(body.Length)] = (byte)random.Next(256);
            bodies.Add(random.Next(4) == 0 ? body[..random.Next(body.Length)] : body);
        }

        foreach (var body in bodies)
        {
            try
            {
                (await Implementation.ReceiveAsync(Sign(body, s_noon), Ct)).Select(e => e.EventId).Should().NotContain(Guid.Empty);
            }
            catch (MailWebhookException refused)
            {
                refused.Refusal.Should().BeOneOf(WebhookRefusal.Malformed, WebhookRefusal.Unauthenticated);
            }
        }
    }

    /// <summary>Changes, cuts, exchanges or drops a proof; or the body, where a proof covers it.</summary>
    private MailWebhookRequest Forge(MailWebhookRequest request, Random random)
    {
        var proofs = request.Headers.Keys.Where(static h => h is not "Content-Type").ToArray();
        if (ProvesBody && (proofs.Length == 0 || random.Next(3) == 0))
        {
            var body = request.Body.ToArray();
            for (var n = random.Next(1, 8); n > 0; n--) body[random.Next(body.Length)] ^= (byte)random.Next(1, 256);
            return request with { Body = body.AsSpan().SequenceEqual(request.Body.Span) ? body[1..] : body };
        }

        var proof = proofs[random.Next(proofs.Length)];
        var value = request.Headers[proof];
        var at = random.Next(value.Length);
        string? forged = random.Next(5) switch
        {
            0 => $"{value[..at]}{(char)(value[at] ^ random.Next(1, 128))}{value[(at + 1)..]}",
            1 => value[..at],
            2 => value + (char)random.Next(33, 127),
            3 => Convert.ToBase64String(Guid.NewGuid().ToByteArray()),
            _ => null,
        };
        return request with { Headers = request.Headers.Where(h => h.Key != proof).Concat(forged is null ? [] : [KeyValuePair.Create(proof, forged)]).ToDictionary() };
    }

    private ValueTask<IReadOnlyList<MailEvent>> ReceiveAsync(string body) => Implementation.ReceiveAsync(Sign(Encoding.UTF8.GetBytes(body), Clock.GetUtcNow()), Ct);

    private async Task RefusesAsync(MailWebhookRequest request, WebhookRefusal refusal, string why)
    {
        var receiving = () => Implementation.ReceiveAsync(request, Ct).AsTask();

        (await receiving.Should().ThrowAsync<MailWebhookException>(why)).Which.Refusal.Should().Be(refusal, why);
    }
}
