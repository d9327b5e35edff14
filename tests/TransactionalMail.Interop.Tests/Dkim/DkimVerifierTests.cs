using System.Text;
using TransactionalMail.Tests.Mime;

namespace TransactionalMail.Interop.Tests.Dkim;

public sealed class DkimVerifierTests
{
    private static readonly string[] s_awkwardBodies =
    [
        "",
        "\n\n",
        "no last line end",
        "trailing spaces   \n\t\nand  inner   runs \t \n \n\n",
        ".\n..\n.leading\n",
        "8-bit ü, bare\rreturns and a line of many characters .........................................................",
    ];

    private static readonly string[] s_addedFields =
    [
        "From: Mallory <mallory@evil.example>",
        "Subject: You won",
        "To: mallory@evil.example",
        "Reply-To: mallory@evil.example",
        "Content-Type: text/html",
        "List-Unsubscribe: <https://evil.example>",
    ];

    public static TheoryData<string> Verifiers => [DkimVerifiers.DkimPy, DkimVerifiers.MailAuth, DkimVerifiers.OpenDkim];

    [Theory]
    [MemberData(nameof(Verifiers))]
    public async Task Verifies_200_random_mails_D02(string verifier)
    {
        var mails = new RandomMail(seed: 6376);
        var messages = new List<byte[]>();
        using var signing = Compose.Signing(DkimKeys.All);
        for (var i = 0; i < 200; i++) messages.Add(await Compose.BytesAsync(mails.Next(), signing));

        var results = await VerifyAsync(verifier, messages);

        results.Should().HaveCount(200);
        results.Distinct().Should().BeEquivalentTo("pass pass", "pass");
    }

    [Theory]
    [MemberData(nameof(Verifiers))]
    public async Task Verifies_awkward_bodies_and_refolded_fields_D02_D06(string verifier)
    {
        var messages = new List<byte[]>();
        foreach (var body in s_awkwardBodies)
        {
            var bytes = await Compose.BytesAsync(Compose.Message with { TextBody = body, Subject = string.Join("  ", Enumerable.Repeat("folded", 30)) }, DkimKeys.All);
            messages.Add(bytes);
            messages.Add(Replace(bytes, "Subject: ", "SUBJECT:\r\n\t"));
        }

        (await VerifyAsync(verifier, messages)).Should().HaveCount(2 * s_awkwardBodies.Length).And.OnlyContain(result => result == "pass pass");
    }

    [Theory]
    [MemberData(nameof(Verifiers))]
    public async Task Refuses_a_field_added_on_the_way_D03(string verifier)
    {
        var bytes = await Compose.BytesAsync(Compose.Message, DkimKeys.All);

        var results = await VerifyAsync(verifier, [.. s_addedFields.Prepend("X-Relay: harmless").Select(field => (byte[])[.. Encoding.ASCII.GetBytes(field + "\r\n"), .. bytes])]);

        results[0].Should().Be("pass pass");
        results.Skip(1).Should().HaveCount(s_addedFields.Length).And.OnlyContain(result => result.StartsWith("fail") && !result.Contains("pass"));
    }

    [Theory]
    [MemberData(nameof(Verifiers))]
    public async Task Refuses_what_was_changed_on_the_way_D03(string verifier)
    {
        var bytes = await Compose.BytesAsync(Compose.Message, DkimKeys.All);

        var results = await VerifyAsync(verifier, [Replace(bytes, "it is on its way", "it is on my way"), Replace(bytes, "has shipped", "has slipped"), Replace(bytes, "ada@example.com", "eve@example.com")]);

        results.Should().HaveCount(3).And.OnlyContain(result => result.StartsWith("fail") && !result.Contains("pass"));
    }

    private static Task<IReadOnlyList<string>> VerifyAsync(string verifier, IReadOnlyList<byte[]> messages) =>
        DkimVerifiers.Find(verifier).VerifyAsync(DkimKeys.Records, messages.ToAsyncEnumerable(), TestContext.Current.CancellationToken);

    private static byte[] Replace(byte[] message, string old, string replacement)
    {
        var text = Encoding.ASCII.GetString(message);
        text.Should().Contain(old);
        return Encoding.ASCII.GetBytes(text.Replace(old, replacement, StringComparison.Ordinal));
    }
}
