using TransactionalMail.Conformance;
using TransactionalMail.Outbox.RabbitMq;

namespace TransactionalMail.RabbitMq.Tests;

public class ConformanceTests
{
    [Fact]
    public void Every_port_this_package_implements_runs_its_suite() =>
        ConformanceCoverage.FindGaps(typeof(RabbitMqOutbox).Assembly.GetTypes(), typeof(ConformanceTests).Assembly).Should().BeEmpty();
}
