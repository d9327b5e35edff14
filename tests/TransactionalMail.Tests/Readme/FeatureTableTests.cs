using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Readme;

/// <summary>The feature table of the README is made of what the adapters declare, and the conformance suite holds them to that.</summary>
public partial class FeatureTableTests
{
    private static readonly string s_readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    private static readonly (MailFeatures Feature, string Words)[] s_words =
    [
        (MailFeatures.Attachments, "attachments"),
        (MailFeatures.InlineAttachments, "inline images"),
        (MailFeatures.Headers, "custom headers"),
        (MailFeatures.Tags, "a tag"),
        (MailFeatures.SeveralTags, "several tags"),
        (MailFeatures.Metadata, "metadata"),
        (MailFeatures.EnvelopeSender, "bounce address of its own"),
        (MailFeatures.OpenTracking, "open tracking"),
        (MailFeatures.ClickTracking, "click tracking"),
    ];

    [Fact]
    public void It_says_what_the_adapters_declare()
    {
        var rows = Rows().Matches(s_readme).Select(m => (Name: m.Groups["name"].Value, Dsn: m.Groups["dsn"].Value)).ToArray();
        using var services = Some.Services(mail =>
        {
            mail.AddSes();
            foreach (var (name, dsn) in rows) mail.AddTransport(name, dsn);
        }).BuildServiceProvider();
        var declared = services.GetRequiredService<TransportRegistry>().Transports.Select(t => t.Transport.Features).ToArray();

        var table = string.Join('\n',
        [
            $"| | {string.Join(" | ", rows.Select(r => r.Name))} |",
            $"|---|{string.Concat(rows.Select(_ => "---|"))}",
            .. s_words.Select(w => $"| {w.Words} | {string.Join(" | ", declared.Select(features => features.HasFlag(w.Feature) ? "yes" : "refused"))} |"),
            "",
        ]);

        Table().Match(s_readme).Groups["table"].Value.Should().Be(table);
    }

    [Fact]
    public void It_knows_every_feature() =>
        s_words.Select(w => w.Feature).Should().BeEquivalentTo(Enum.GetValues<MailFeatures>().Where(static f => int.IsPow2((int)f)));

    [Fact]
    public void It_has_a_column_for_every_provider()
    {
        var providers = Shipped.Types.Where(static type => type.IsSubclassOf(typeof(MailProvider)) && !type.IsAbstract).Select(static type => ((MailProvider)Activator.CreateInstance(type)!).Scheme);

        Rows().Matches(s_readme).Select(m => m.Groups["dsn"].Value.Split(':')[0]).Should().BeEquivalentTo(providers);
    }

    [GeneratedRegex(@"<!-- features -->\n(?<table>(\|.*\n)*)")]
    private static partial Regex Table();

    [GeneratedRegex(@"^\| (?<name>[^|]+) \| `(?<dsn>\w+://[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
