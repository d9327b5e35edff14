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

    [Theory]
    [InlineData("spam: your one-time code is 482913. Sorry", "spam: *** Sorry")]
    [InlineData("spam: YOUR ONE-TIME\r\n CODE IS: no", "spam: ***: no")]
    [InlineData("spam: \"Your%20one-time%20code%20is\", no", "spam: \"***\", no")]
    [InlineData("482913 is listed", "*** is listed")]
    [InlineData("https://acme.example/in?t=r4nd0m is listed", "*** is listed")]
    [InlineData("t=r4nd0m is listed", "t=*** is listed")]
    [InlineData("part TWltZSBpcyB3aGF0IHlvdSBtYWtlIG9mIGl0Lg== is listed", "part *** is listed")]
    [InlineData("550 5.7.1 the code is wrong, see 4829130", "550 5.7.1 the code is wrong, see 4829130")]
    [InlineData("queued as 0100018f3c2e7d1a-5b2d7c40-9f6e-4d0c-8a52-0d3f6f0f2a11-000000", "queued as 0100018f3c2e7d1a-5b2d7c40-9f6e-4d0c-8a52-0d3f6f0f2a11-000000")]
    public void Hides_what_is_quoted_of_a_mail_P02(string text, string hidden) =>
        WordMask.HideQuotes(text, ["Your one-time code is 482913.", "<a href=\"https://acme.example/in?t=r4nd0m\">"], "***").Should().Be(hidden);
}
