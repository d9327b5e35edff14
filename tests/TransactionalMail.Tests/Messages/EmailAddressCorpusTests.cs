using System.Text.Json;

namespace TransactionalMail.Tests.Messages;

/// <summary>Other people's lists of good and bad addresses. A row we judge differently is named here with the reason.</summary>
public sealed class EmailAddressCorpusTests(ITestOutputHelper output)
{
    private static readonly string[] s_accepted = ["ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN", "ISEMAIL_RFC5321"];
    private static readonly string[] s_refused = ["ISEMAIL_ERR", "ISEMAIL_CFWS", "ISEMAIL_DEPREC", "ISEMAIL_RFC5322"];

    private static readonly Dictionary<string, string> s_pyvalidatorExceptions = new()
    {
        ["me@bad-tld-1"] = "one label is enough: root@localhost",
        ["me@bad.tld-2"] = "top-level domains are not judged by their letters",
        ["my.\ufb2c.address@1111111111222222222233333333334444444444555555555.6666666666777777777788888888889999999999000000000.1111111111222222222233333333334444444444555555555.6666666666777777777788888888889999999999000000000.11111111112222222222333333333344.info"] =
            "254 octets as written; local parts are not normalized",
        ["\u03bbambda\u30c4@test"] = "the row's test switches SMTPUTF8 off",
    };

    private static readonly Dictionary<string, string> s_eguliasExceptions = new()
    {
        ["example((example))@fakedfake.co.uk"] = "comments are refused by policy",
        ["examp\u2551le@symfony.com"] = "RFC 6531 allows any UTF-8 in a local part",
    };

    private static readonly Dictionary<string, string> s_emailValidationExceptions = new()
    {
        ["unbracketed-IP@127.0.0.1"] = "digits are labels too; addr-isemail 24 accepts the form",
        ["single-character-tld@ns.i"] = "top-level domains are not judged by their length",
        [string.Concat(Enumerable.Repeat("\U00010348", 33)) + "@example.com"] = "132 octets before the @; RFC 5321 counts octets, not characters",
        ["test@\U00010348"] = "one label is enough, in any script",
    };

    [Fact]
    public void Judges_every_address_of_isemail_by_its_category_M03()
    {
        var rows = Read("addr-isemail");
        var counts = rows.GroupBy(row => Text(row, "category"));
        foreach (var category in counts) output.WriteLine($"{category.Key}: {category.Count()} {(s_accepted.Contains(category.Key) ? "accepted" : "refused")}");

        rows.Should().HaveCountGreaterThan(100);
        rows.Select(row => Text(row, "category")).Distinct().Should().BeEquivalentTo([.. s_accepted, .. s_refused]);
        rows.Where(row => IsAccepted(row) != s_accepted.Contains(Text(row, "category"))).Select(row => row.ToString()).Should().BeEmpty();
    }

    [Fact]
    public void Accepts_what_python_email_validator_accepts_with_the_same_domain_on_the_wire_M04()
    {
        var rows = Read("addr-pyvalidator").Where(row => row.GetProperty("valid").ValueKind is JsonValueKind.True).ToList();
        output.WriteLine($"accepted: {rows.Count}");

        rows.Should().HaveCountGreaterThan(15);
        foreach (var row in rows)
        {
            var address = EmailAddress.Parse(Text(row, "address"), null);
            address.AsciiDomain.Should().Be(Text(row, "ascii_domain"));
            address.RequiresSmtpUtf8.Should().Be(row.GetProperty("smtputf8").GetBoolean());
        }
    }

    [Fact]
    public void Refuses_what_python_email_validator_refuses_M03()
    {
        var rows = Read("addr-pyvalidator").Where(row => row.GetProperty("valid").ValueKind is JsonValueKind.False).ToList();
        output.WriteLine($"refused: {rows.Count - s_pyvalidatorExceptions.Count}, judged differently: {s_pyvalidatorExceptions.Count}");

        rows.Should().HaveCountGreaterThan(50);
        rows.Where(IsAcceptedBare).Select(row => Text(row, "address")).Should().BeEquivalentTo(s_pyvalidatorExceptions.Keys);
    }

    [Theory]
    [InlineData("addr-egulias")]
    [InlineData("addr-emailvalidation")]
    public void Agrees_with_other_libraries_except_where_named_M03(string corpus)
    {
        var exceptions = corpus is "addr-egulias" ? s_eguliasExceptions : s_emailValidationExceptions;
        var rows = Read(corpus);
        var accepted = rows.Count(row => Text(row, "kind") is not "invalid");
        output.WriteLine($"{accepted} accepted, {rows.Count - accepted} refused upstream; judged differently: {exceptions.Count}");

        rows.Should().HaveCountGreaterThan(30);
        rows.Where(row => IsAcceptedBare(row) == Text(row, "kind") is "invalid").Select(row => Text(row, "address")).Should().BeEquivalentTo(exceptions.Keys);
    }

    private static List<JsonElement> Read(string corpus)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path($"corpora/{corpus}/cases.json")));
        return [.. json.RootElement.Clone().EnumerateArray()];
    }

    private static string Text(JsonElement row, string property) => row.GetProperty(property).GetString()!;

    private static bool IsAccepted(JsonElement row) => EmailAddress.TryParse(Text(row, "address"), out _);

    // Rows of bare addresses refuse what Parse reads: a display name, angle brackets.
    private static bool IsAcceptedBare(JsonElement row)
    {
        try
        {
            _ = new EmailAddress(Text(row, "address"));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
