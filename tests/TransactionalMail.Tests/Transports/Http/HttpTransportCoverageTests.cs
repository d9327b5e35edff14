using System.Reflection;
using TransactionalMail.Conformance;
using TransactionalMail.Transports.Http;

namespace TransactionalMail.Tests.Transports.Http;

public class HttpTransportCoverageTests
{
    [Fact]
    public void Every_provider_over_HTTP_is_held_to_what_holds_for_all()
    {
        var held = typeof(HttpTransportCoverageTests).Assembly.GetExportedTypes()
            .Where(static type => type.IsSubclassOf(typeof(HttpTransportTests)))
            .Select(static type => type.GetCustomAttribute<ConformanceOfAttribute>()?.Implementation);

        var shipped = Shipped.Types.Where(static type => type.IsSubclassOf(typeof(HttpMailTransport)) && !type.IsAbstract);

        held.Should().BeEquivalentTo(shipped);
    }
}
