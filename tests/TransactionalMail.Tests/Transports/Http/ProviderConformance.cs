using TransactionalMail.Conformance;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Transports.Http;

/// <summary>The transport suite on a simulated provider, whose own description judges every request that was made.</summary>
/// <param name="provider">The simulator.</param>
public abstract class ProviderConformance<TSimulator>(TSimulator provider) : TransportConformance
    where TSimulator : ProviderSimulator
{
    protected TSimulator Provider { get; } = provider;

    private protected abstract OfficialDescription Description { get; }

    /// <summary>Makes the answer of an outage.</summary>
    protected abstract SimulatedAnswer Outage(string words);

    /// <summary>Returns whether the description is wrong about a request, against what else the provider says.</summary>
    private protected virtual bool IsMistaken(SimulatedRequest request, string violation) => false;

    protected sealed override void Break(string words) => Provider.AnswerAlways(Outage(words));

    protected sealed override void Repair() => Provider.AnswerAlways(null);

    protected sealed override async ValueTask EndRelayAsync()
    {
        var requests = Provider.Requests;
        await Provider.DisposeAsync();
        if (!SharedData.Exists) return;
        foreach (var request in requests)
        {
            Description.FindViolations(request).Where(violation => !IsMistaken(request, violation)).Should().BeEmpty("the provider's description of {0} says so: {1}", request, request.Text);
        }
    }
}
