namespace TransactionalMail.Tests.Events;

public class MailEventTests
{
    [Fact]
    public void Prints_neither_recipient_nor_link_nor_what_the_application_attached_P02()
    {
        MailEvent mailEvent = new MailClicked
        {
            MailId = MailId.New(SomeEvent.Noon),
            Recipient = "canary@example.com",
            OccurredAt = SomeEvent.Noon,
            Tags = ["canary"],
            Metadata = new Dictionary<string, string> { ["canary"] = "canary" },
            Url = "https://acme.example/reset?token=canary",
        };

        mailEvent.ToString().Should().StartWith("MailClicked {").And.Contain($"{mailEvent.MailId}").And.NotContain("canary");
    }

    [Fact]
    public void Every_kind_is_sealed_and_prints_the_same_way()
    {
        var kinds = typeof(MailEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(MailEvent))).ToList();

        kinds.Should().HaveCount(12).And.OnlyContain(t => t.IsSealed && t.IsPublic);
        kinds.Should().OnlyContain(t => t.GetMethod(nameof(ToString), Type.EmptyTypes)!.DeclaringType == typeof(MailEvent));
    }

    [Fact]
    public void Keeps_what_it_was_given_whatever_becomes_of_the_originals()
    {
        List<string> tags = ["receipt"];
        Dictionary<string, string> metadata = new() { ["order"] = "1042" };

        var mailEvent = SomeEvent.Accepted() with { Tags = tags, Metadata = metadata };
        tags.Clear();
        metadata["order"] = "1043";

        mailEvent.Tags.Should().Equal("receipt");
        mailEvent.Metadata.Should().Equal(new Dictionary<string, string> { ["order"] = "1042" });
    }

    [Fact]
    public void Has_an_identity_of_its_own()
    {
        var (one, other) = (SomeEvent.Accepted(), SomeEvent.Accepted());

        one.EventId.Should().NotBe(other.EventId);
        one.EventId.Version.Should().Be(7);
    }
}
