using System.Runtime.CompilerServices;
using System.Text;
using TransactionalMail.Tests.Mime;

namespace TransactionalMail.Interop.Tests.Dkim;

public sealed class DkimPyTests
{
    private const int Count = 10_000;

    private static readonly DkimOptions[] s_keys =
    [
        DkimTestKey.ForAcme(DkimTestKey.Rsa2048, "m1"),
        DkimTestKey.ForAcme(DkimTestKey.Ed25519, "m2"),
        DkimTestKey.For("bücher.example", DkimTestKey.OtherRsa2048),
    ];

    private static readonly DkimDnsRecord[] s_records = [.. s_keys.Select(DkimDnsRecord.For)];

    [Fact]
    public async Task Verifies_every_signature_of_10000_random_mails_D02()
    {
        var results = await DkimPy.VerifyAsync(s_records, RandomMailsAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

        results.Should().HaveCount(Count);
        results.Distinct().Should().BeEquivalentTo("pass pass", "pass");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("no last line end")]
    [InlineData("trailing spaces   \n\t\nand  inner   runs \t \n \n\n")]
    [InlineData(".\n..\n.leading\n")]
    [InlineData("8-bit ü, bare\rreturns and a line of many characters .........................................................")]
    public async Task Verifies_awkward_bodies_and_refolded_fields_D02_D06(string body)
    {
        var bytes = await Compose.BytesAsync(Compose.Message with { TextBody = body, Subject = string.Join("  ", Enumerable.Repeat("folded", 30)) }, s_keys);
        var relayed = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(bytes).Replace("Subject: ", "SUBJECT:\r\n\t", StringComparison.Ordinal));

        (await VerifyAsync(bytes, relayed)).Should().Equal("pass pass", "pass pass");
    }

    [Theory]
    [InlineData("From: Mallory <mallory@evil.example>")]
    [InlineData("Subject: You won")]
    [InlineData("To: mallory@evil.example")]
    [InlineData("Reply-To: mallory@evil.example")]
    [InlineData("Content-Type: text/html")]
    [InlineData("List-Unsubscribe: <https://evil.example>")]
    public async Task Refuses_a_field_added_on_the_way_D03(string field)
    {
        var bytes = await Compose.BytesAsync(Compose.Message, s_keys);

        var results = await VerifyAsync([.. Encoding.ASCII.GetBytes("X-Relay: harmless\r\n"), .. bytes], [.. Encoding.ASCII.GetBytes(field + "\r\n"), .. bytes]);

        results[0].Should().Be("pass pass");
        results[1].Should().StartWith("fail").And.NotContain("pass");
    }

    private static Task<IReadOnlyList<string>> VerifyAsync(params byte[][] messages) =>
        DkimPy.VerifyAsync(s_records, messages.ToAsyncEnumerable(), TestContext.Current.CancellationToken);

    private static async IAsyncEnumerable<byte[]> RandomMailsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var mails = new RandomMail(seed: 8463);
        using var signing = Compose.Signing(s_keys);
        for (var i = 0; i < Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return await Compose.BytesAsync(mails.Next(), signing);
        }
    }
}
