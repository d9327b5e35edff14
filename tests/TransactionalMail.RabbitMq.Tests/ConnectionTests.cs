using System.Net.Security;
using System.Security.Authentication;
using RabbitMQ.Client;
using TransactionalMail.Outbox.RabbitMq;

namespace TransactionalMail.RabbitMq.Tests;

/// <summary>How connections are opened, and what the application decides about them.</summary>
public sealed class ConnectionTests(SharedBroker shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broker_whose_certificate_is_for_another_name_is_refused()
    {
        await using var outbox = SomeQueues.Outbox(await WithTlsAsync(static _ => { }));

        var adding = async () => await outbox.AddAsync([WorkersTests.Entry()], Ct);

        (await adding.Should().ThrowAsync<RabbitMqUnavailableException>()).Which.InnerException!.ToString().Should().Contain(nameof(AuthenticationException));
    }

    [Fact]
    public async Task Each_node_is_known_by_its_own_name()
    {
        var options = await WithTlsAsync(static _ => { });
        options.Hosts.Add("localhost");
        await using var outbox = SomeQueues.Outbox(options);

        (await outbox.AddAsync([WorkersTests.Entry()], Ct)).Should().ContainSingle("the second node is called what its certificate says");
    }

    [Fact]
    public async Task The_application_may_name_the_certificate_itself()
    {
        await using var outbox = SomeQueues.Outbox(await WithTlsAsync(static factory => factory.Ssl.ServerName = "localhost"));

        (await outbox.AddAsync([WorkersTests.Entry()], Ct)).Should().ContainSingle();
    }

    [Fact]
    public async Task What_the_outbox_counts_on_stays_whatever_the_application_sets()
    {
        List<ConnectionFactory> factories = [];
        var options = SomeQueues.Options(await shared.GetAsync());
        options.ConfigureConnection = factory =>
        {
            (factory.AutomaticRecoveryEnabled, factory.TopologyRecoveryEnabled, factory.ConsumerDispatchConcurrency) = (true, true, 8);
            factories.Add(factory);
        };
        await using var outbox = SomeQueues.Outbox(options);

        await outbox.AddAsync([WorkersTests.Entry()], Ct);

        factories.Should().ContainSingle().Which.Should().BeEquivalentTo(new { AutomaticRecoveryEnabled = false, TopologyRecoveryEnabled = false, ConsumerDispatchConcurrency = (ushort)1 });
    }

    /// <summary>The certificate is nobody's, which is accepted here; its name is left to be looked at.</summary>
    private async Task<RabbitMqMailOptions> WithTlsAsync(Action<ConnectionFactory> configure)
    {
        var broker = await shared.GetAsync();
        var options = SomeQueues.Options(broker);
        options.Uri = broker.TlsUri;
        options.ConfigureConnection = factory =>
        {
            factory.Ssl.AcceptablePolicyErrors |= SslPolicyErrors.RemoteCertificateChainErrors;
            configure(factory);
        };
        return options;
    }
}
