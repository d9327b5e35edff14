using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TransactionalMail.Testing;
using TransactionalMail.Tests.WebApplication;

namespace TransactionalMail.Tests.Testing;

/// <summary>One host for all tests, as in most suites: each test keeps to recipients of its own.</summary>
public sealed class WebApplicationTests(WebApplicationTests.Shop shop) : IClassFixture<WebApplicationTests.Shop>
{
    private static readonly CancellationToken s_ct = TestContext.Current.CancellationToken;

    private readonly HttpClient _client = shop.CreateClient();
    private readonly FakeMailTransport _mail = shop.Services.GetRequiredService<FakeMailTransport>();

    [Fact]
    public async Task Parallel_requests_find_exactly_their_own_mail()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var customer = $"parallel{i}@example.com";
            using var response = await PlaceOrderAsync(customer, $"A-{i}");

            response.StatusCode.Should().Be(HttpStatusCode.OK);
            var mail = _mail.InboxOf(customer).Single();
            mail.Subject.Should().Be($"Your order A-{i}");
            mail.Recipients.Should().Equal(customer);
            mail.From.Address.Should().Be("no-reply@shop.example");
            mail.Parse().HtmlBody.Should().Contain($"<b>A-{i}</b>").And.Contain("<hr>Shop", "the layout is around it");
        }));
    }

    [Fact]
    public async Task Waits_for_mail_that_is_sent_after_the_answer()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            var inbox = _mail.InboxOf($"reset{i}@example.com");
            var link = new Uri($"https://shop.example/reset?t={i}");
            using var response = await _client.PostAsJsonAsync("/password-resets", new PasswordReset(inbox.Owner!.Address, link), s_ct);

            response.StatusCode.Should().Be(HttpStatusCode.Accepted);
            var mail = await inbox.WaitForAsync(cancellationToken: s_ct);
            mail.TextBody.Should().Contain(link.ToString());
            mail.From.Address.Should().Be("security@shop.example", "that is the author of the stream");
            inbox.Sent.Should().ContainSingle();
        }));
    }

    [Fact]
    public async Task Parallel_failures_hit_the_inbox_they_were_asked_for_and_no_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            var inbox = _mail.InboxOf($"failing{i}@example.com");
            var failures = (i % 3) switch { 0 => 0, 1 => 1, _ => 2 * 3 };
            for (var n = 0; n < failures; n++) inbox.FailNext(TransportFailure.Network);
            using var response = await PlaceOrderAsync(inbox.Owner!.Address, $"F-{i}");

            if (failures == 2 * 3)
            {
                response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable, "both transports of the stream failed each of the three times");
                inbox.ShouldBeEmpty();
                return;
            }

            (await response.Content.ReadFromJsonAsync<Confirmation>(s_ct))!.Attempts.Should().Be(failures + 1, "the backup took over");
            inbox.Single().Subject.Should().Be($"Your order F-{i}");
        }));
    }

    [Fact]
    public async Task A_refused_recipient_reaches_the_application_as_it_would_in_production()
    {
        _mail.RejectRecipient("nobody@example.com");
        using var alone = await PlaceOrderAsync("nobody@example.com", "R-1");
        using var together = await PlaceOrderAsync("nobody@example.com", "R-2", copy: "somebody@example.com");

        alone.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await together.Content.ReadFromJsonAsync<Confirmation>(s_ct))!.Confirmed.Should().Equal("somebody@example.com");
        _mail.InboxOf("nobody@example.com").ShouldBeEmpty();
        _mail.InboxOf("somebody@example.com").Single().Subject.Should().Be("Your order R-2");
    }

    [Fact]
    public async Task Without_the_fake_the_application_does_not_start_and_says_what_its_transports_lack()
    {
        var faults = await FaultsAtStartAsync(static host => { }, static services => { });

        faults.Should().BeEquivalentTo(
            "Transport \"primary\": UserName and Password, or UserName and AccessToken, go together; one of them is missing.",
            "Transport \"backup\": UserName and Password, or UserName and AccessToken, go together; one of them is missing.");
    }

    [Fact]
    public async Task The_fake_skips_the_check_of_transports_and_no_other()
    {
        var faults = await FaultsAtStartAsync(static host => host.UseSetting("TransactionalMail:Form", "typo@shop.example"), static services => services.UseFakeMail());

        faults.Should().ContainSingle().Which.Should().Contain("\"TransactionalMail:Form\"");
    }

    /// <summary>Does what a host does first, on the application's own services; a factory whose application ends early races with it.</summary>
    private static async Task<IEnumerable<string>> FaultsAtStartAsync(Action<IWebHostBuilder> configure, Action<IServiceCollection> replace)
    {
        Exception? fault = null;
        await using var application = new WebApplicationFactory<PasswordResets>().WithWebHostBuilder(host =>
        {
            configure(host);
            host.ConfigureTestServices(services =>
            {
                replace(services);
                using var provider = services.BuildServiceProvider();
                fault = Record.Exception(provider.GetRequiredService<IStartupValidator>().Validate);
            });
        });
        Record.Exception(() => application.CreateClient()).Should().NotBeNull();
        return fault.Should().BeOfType<OptionsValidationException>().Which.Failures;
    }

    private Task<HttpResponseMessage> PlaceOrderAsync(string customer, string number, string? copy = null) =>
        _client.PostAsJsonAsync("/orders", new Order(customer, number, copy), s_ct);

    public sealed class Shop : WebApplicationFactory<PasswordResets>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder) => builder.ConfigureTestServices(services => services.UseFakeMail());
    }
}
