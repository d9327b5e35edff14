using TransactionalMail.Conformance;
using TransactionalMail.Suppression;

namespace TransactionalMail.Tests.Suppression;

[ConformanceOf<InMemorySuppressionList>]
public class InMemorySuppressionListTests : SuppressionConformance
{
    protected override ISuppressionList List { get; } = new InMemorySuppressionList();
}
