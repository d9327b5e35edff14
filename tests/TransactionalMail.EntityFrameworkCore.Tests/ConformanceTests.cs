using TransactionalMail.Conformance;
using TransactionalMail.EntityFrameworkCore.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Tests;

/// <summary>No implementation of a port in this package goes without its suite.</summary>
public class ConformanceTests
{
    [Fact]
    public void Every_implementation_of_this_package_runs_its_suite()
    {
        var types = typeof(EntityFrameworkOutbox).Assembly.GetTypes();
        types.Count(static t => t is { IsClass: true, IsAbstract: false } && ConformanceCoverage.Ports.Any(t.IsAssignableTo)).Should().BeGreaterThanOrEqualTo(1);

        ConformanceCoverage.FindGaps(types, typeof(ConformanceTests).Assembly).Should().BeEmpty();
    }
}
