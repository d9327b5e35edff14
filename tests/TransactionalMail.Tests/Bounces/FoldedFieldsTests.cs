using System.Text;
using TransactionalMail.Bounces;

namespace TransactionalMail.Tests.Bounces;

public class FoldedFieldsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("Subject: a\n b\n\tc\n\nbody\n indented")]
    [InlineData(" a\r\n b\r\n")]
    public void Leaves_what_is_not_long_as_it_is(string message) => Shortened(message).Should().Be(message);

    [Fact]
    public void Removes_the_end_of_a_field_that_is_too_long_and_nothing_after_it()
    {
        var line = " " + new string('a', 62) + "\n";
        var fits = FoldedFields.Longest / line.Length;
        var before = "Received: by mx.example.net\n" + string.Concat(Enumerable.Repeat(line, fits));

        var shortened = Shortened(before + string.Concat(Enumerable.Repeat(line, 1_000)) + "Subject: b\n c\n" + line);

        shortened.Should().Be(before + "Subject: b\n c\n" + line);
    }

    private static string Shortened(string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        return Encoding.UTF8.GetString(bytes, 0, FoldedFields.Shorten(bytes));
    }
}
