using TransactionalMail.Messages;

namespace TransactionalMail.Tests.Messages;

public class TextRulesTests
{
    [Fact]
    public void Finds_the_first_problem_of_a_body_wherever_it_is()
    {
        string[] parts = ["a", "\u00e9", "\u2028", "\u007f", "\u0085", "\r", "\n", "\t", "\0", "\u0001", "\u001f", "\u000b", "\ud83d\udc4d", "\ud83d", "\udc4d", new('x', 40), new('\u00fc', 40)];
        var random = new Random(11);
        var found = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var body = string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => parts[random.Next(parts.Length)]));

            var problem = TextRules.FindProblemInBody(body);

            var expected = FindOneByOne(body);
            if (expected is null) problem.Should().BeNull();
            else problem.Should().StartWith(expected.Value.Problem).And.Contain($"at position {expected.Value.Index + 1}");
            if (expected is not null) found++;
        }

        found.Should().BeInRange(10_000, 40_000);
    }

    private static (string Problem, int Index)? FindOneByOne(string body)
    {
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] < ' ' && body[i] is not ('\r' or '\n' or '\t')) return ("has a control character", i);
            if (i + 1 < body.Length && char.IsSurrogatePair(body, i)) i++;
            else if (char.IsSurrogate(body[i])) return ("has half a surrogate pair", i);
        }

        return null;
    }
}
