using TransactionalMail.Tests.Events;

namespace TransactionalMail.Tests.Suppression;

public class SuppressionEntryTests
{
    [Fact]
    public void Does_not_print_its_recipient_P02()
    {
        var entry = new SuppressionEntry { Recipient = "canary@example.com", Reason = SuppressionReason.Unsubscribe, StreamName = "news", Since = SomeEvent.Noon };

        entry.ToString().Should().Contain("Unsubscribe").And.Contain("news").And.NotContain("canary");
    }
}
