namespace TransactionalMail.Tests.Mime;

public sealed class SmugglingTests
{
    [Fact]
    public async Task No_body_smuggles_an_end_of_data_M06()
    {
        foreach (var (content, message) in await SmugglingCorpus.ReadAsync())
        {
            WireRules.FindViolation(await Compose.BytesAsync(message)).Should().BeNull("that holds for {0}", content);
        }
    }
}
