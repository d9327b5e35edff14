using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Transports;

public class WordMaskTests
{
    private const string Password = "p/\"hunter2%+=";

    [Theory]
    [InlineData("bad p/\"hunter2%+= given", "bad *** given")]
    [InlineData("bad P/\"HUNTER2%+= given", "bad *** given")]
    [InlineData("bad p/\\\"hunter2%+=\\\" given", "bad ***\\\" given")]
    [InlineData("bad p/\"hun\r\nter2%+= given", "bad *** given")]
    [InlineData("bad p%2F%22hunter2%25%2B%3D given", "bad *** given")]
    [InlineData("bad p/\"hunter2%+=p/\"hunter2%+= given", "bad *** given")]
    [InlineData("bad AHJlbGF5AHAvImh1bnRlcjIlKz0= given", "bad *** given")]
    [InlineData("bad cC8iaHVudGVyMiUrPQ== given", "bad *** given")]
    [InlineData("bad hunter2 given", "bad hunter2 given")]
    [InlineData("see https://relay.example/help?p=5%2E7 and dGhhdCBpcyBhbGw=", "see https://relay.example/help?p=5%2E7 and dGhhdCBpcyBhbGw=")]
    [InlineData("100% of 5%", "100% of 5%")]
    public void Hides_a_word_however_it_is_written_P01(string text, string hidden) => WordMask.Hide(text, [Password], "***").Should().Be(hidden);

    [Theory]
    [InlineData("ada is unknown in Canada", "*** is unknown in Canada")]
    [InlineData("<ada@example.com>, Ada", "<***@example.com>, ***")]
    public void Hides_a_short_word_only_where_it_stands_alone_P02(string text, string hidden) => WordMask.Hide(text, ["ada"], "***").Should().Be(hidden);

    [Fact]
    public void Leaves_text_alone_where_words_are_too_short_to_mean_anything() => WordMask.Hide("a mailbox is full", ["a", "", "is"], "***").Should().Be("a mailbox is full");
}
