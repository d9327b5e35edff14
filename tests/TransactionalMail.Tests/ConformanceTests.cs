using System.Reflection;
using TransactionalMail.Conformance;
using TransactionalMail.Idempotency;
using TransactionalMail.Outbox;
using TransactionalMail.Suppression;
using TransactionalMail.Transports;
using TransactionalMail.Webhooks;

namespace TransactionalMail.Tests;

/// <summary>No implementation of a port goes without its suite.</summary>
public class ConformanceTests
{
    private static readonly Assembly s_tests = typeof(ConformanceTests).Assembly;

    [Fact]
    public void Every_implementation_that_is_shipped_runs_its_suite()
    {
        Shipped.Types.Count(static t => t is { IsClass: true, IsAbstract: false } && ConformanceCoverage.Ports.Any(t.IsAssignableTo)).Should().BeGreaterThanOrEqualTo(6);

        ConformanceCoverage.FindGaps(Shipped.Types, s_tests).Should().BeEmpty();
    }

    [Fact]
    public void Every_port_has_a_suite() =>
        ConformanceCoverage.Ports.Should().BeEquivalentTo([typeof(IMailTransport), typeof(IMailOutbox), typeof(ISuppressionList), typeof(IMailAudit), typeof(IMailWebhook), typeof(IIdempotencyLedger)]);

    [Fact]
    public void An_implementation_without_a_suite_is_noticed() =>
        ConformanceCoverage.FindGaps([typeof(Forgotten)], s_tests).Should().ContainSingle().Which.Should().Contain(nameof(Forgotten)).And.Contain(nameof(IMailAudit));

    [Fact]
    public void A_suite_that_never_runs_does_not_count() =>
        ConformanceCoverage.FindGaps([typeof(Hidden)], s_tests).Should().ContainSingle().Which.Should().Contain(nameof(Hidden)).And.Contain(nameof(ISuppressionList));

    [Fact]
    public void A_suite_run_on_something_else_than_it_names_fails()
    {
        var testing = () => new HiddenTests().Tests_the_implementation_it_names();

        testing.Should().Throw<Exception>().WithMessage("*InMemorySuppressionList*");
    }

    private sealed class Forgotten : IMailAudit
    {
        public ValueTask<IReadOnlyList<MailEvent>> AppendAsync(IReadOnlyList<MailEvent> events, CancellationToken cancellationToken) => ValueTask.FromResult(events);

        public IAsyncEnumerable<MailEvent> ReadAsync(MailId mailId, CancellationToken cancellationToken = default) => AsyncEnumerable.Empty<MailEvent>();
    }

    private sealed class Hidden : ISuppressionList
    {
        public ValueTask<IReadOnlyList<SuppressionEntry>> FindAsync(IReadOnlyCollection<EmailAddress> recipients, string streamName, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<IReadOnlyList<SuppressionEntry>>([]);

        public ValueTask AddAsync(SuppressionEntry entry, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask RemoveAsync(EmailAddress recipient, SuppressionReason reason, string? streamName, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }

    [ConformanceOf<Hidden>]
    private sealed class HiddenTests : SuppressionConformance
    {
        protected override ISuppressionList List { get; } = new InMemorySuppressionList();
    }
}
