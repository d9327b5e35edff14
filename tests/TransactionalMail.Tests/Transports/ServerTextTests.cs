using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Transports;

public class ServerTextTests
{
    [Theory]
    [InlineData("5.1.1 <ada@example.com>: no such user", "5.1.1 <address>: no such user")]
    [InlineData("ada@example.com, grace@example.com unknown", "<address>, <address> unknown")]
    [InlineData("one\r\ntwo\0\u202Ethree", "one two three")]
    [InlineData("<ada@example.com>,<grace@example.com>;x@y", "<address>,<address>;<address>")]
    [InlineData("to:ada@example.com(unknown)", "to:<address>(unknown)")]
    [InlineData("", "")]
    public void Leaves_one_line_without_addresses_P02(string text, string scrubbed) => ServerText.Scrub(text).Should().Be(scrubbed);

    [Fact]
    public void Masks_secrets_that_the_server_echoes_P01() =>
        ServerText.Scrub("535 bad password hunter2", "hunter2", null, "").Should().Be("535 bad password ***");

    [Fact]
    public void Keeps_200_characters_at_most() => ServerText.Scrub(new string('x', 5_000)).Should().HaveLength(200).And.EndWith("…");

    [Theory]
    [InlineData("x")]
    [InlineData("a@")]
    [InlineData("<a@b> ")]
    [InlineData("\n")]
    public void Takes_no_longer_for_a_hostile_answer_S15(string piece) =>
        ServerText.Scrub(string.Concat(Enumerable.Repeat(piece, 500_000))).Length.Should().BeLessThanOrEqualTo(200);

    [Theory]
    [InlineData("535 hunter2abc is wrong", "hunter2", "535 ***abc is wrong")]
    [InlineData("535 x1 is wrong", "x1", "535 *** is wrong")]
    public void Masks_a_short_secret_inside_a_word_too_P01(string text, string secret, string scrubbed) => ServerText.Scrub(text, secret).Should().Be(scrubbed);
}
