using TransactionalMail.Testing;
using TransactionalMail.Tests.Mime;

namespace TransactionalMail.Tests.Transports.Smtp;

public class SmtpSmugglingTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_mail_arrives_as_one_whatever_it_contains_M06(bool offers8BitMime)
    {
        await using var relay = Relay.Start(new() { EightBitMime = offers8BitMime });
        var refused = 0;
        var sent = 0;
        foreach (var (content, message) in await SmugglingCorpus.ReadAsync())
        {
            try
            {
                await relay.SendAsync(message);
                sent++;
            }
            catch (EmailValidationException)
            {
                content.Any(static c => char.IsControl(c) && c is not ('\r' or '\n' or '\t')).Should().BeTrue("nothing else is a reason to refuse it");
                refused++;
            }

            relay.Server.Messages.Should().HaveCount(sent, "that holds for {0}", content);
        }

        relay.Server.Messages.Should().OnlyContain(m => !m.HasBareLineEndings && m.EnvelopeSender == "no-reply@acme.example");
        relay.Server.Messages.Should().OnlyContain(m => WireRules.FindViolation(m.Raw.ToArray()) == null);
        relay.Server.Transcript.Commands.Should().NotContain(command => command.Contains("smuggled", StringComparison.OrdinalIgnoreCase));
        sent.Should().BeGreaterThan(refused);
        TestContext.Current.TestOutputHelper?.WriteLine($"{sent} arrived as one mail each, {refused} were refused for a control character");
    }
}
