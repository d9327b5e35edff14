using System.Reflection;
using TransactionalMail.Audit;
using TransactionalMail.Conformance;

namespace TransactionalMail.Tests.Audit;

/// <summary>Whatever is done to an audit behind its back is found; P03 of the fault list.</summary>
public class AuditChainTests
{
    private static readonly List<AuditRecord> s_records = Records();

    [Fact]
    public void An_edit_of_any_property_of_any_record_is_found_P03()
    {
        var edits = 0;
        foreach (var (record, index) in s_records.Select((r, i) => (r, i)))
        {
            foreach (var property in record.Event.GetType().GetProperties().Where(static p => p.SetMethod is not null))
            {
                Faults(Replace(index, record with { Event = Edit(record.Event, property) })).Should().Contain(f => f.Number == record.Number, "{0} of {1} was edited", property.Name, record.Event.GetType().Name);
                edits++;
            }

            AuditRecord[] others =
            [
                record with { Hash = Other(record.Hash) },
                record with { PersonalHash = Other(record.PersonalHash) },
                record with { Salt = Other(record.Salt!) },
                record with { Salt = null },
                record with { Number = record.Number + 1 },
            ];
            foreach (var edited in others) Faults(Replace(index, edited)).Should().NotBeEmpty();
        }

        edits.Should().BeGreaterThan(100);
    }

    [Fact]
    public void A_record_that_is_missing_is_found_P03()
    {
        for (var i = 0; i < s_records.Count; i++) Faults([.. s_records.Take(i), .. s_records.Skip(i + 1)]).Should().NotBeEmpty("{0} is missing", i + 1);
    }

    [Fact]
    public void Records_in_another_order_are_found_renumbered_or_not_P03()
    {
        for (var i = 1; i < s_records.Count; i++)
        {
            AuditRecord[] swapped = [.. s_records];
            (swapped[i - 1], swapped[i]) = (swapped[i], swapped[i - 1]);

            Faults(swapped).Should().NotBeEmpty();
            Faults([.. swapped.Select((r, n) => r with { Number = n + 1 })]).Should().NotBeEmpty();
        }
    }

    [Fact]
    public void A_record_that_stands_twice_is_found_P03() => Faults([.. s_records, s_records[^1]]).Should().NotBeEmpty();

    [Fact]
    public void An_audit_rewritten_from_somewhere_on_differs_from_the_seal_that_was_written_down_P03()
    {
        var forged = s_records.Take(3).ToList();
        foreach (var record in s_records.Skip(3)) forged.Add(AuditChain.Extend(forged[^1].Seal, record.Event with { StreamName = "forged" }));

        Faults(forged, known: null).Should().BeEmpty("it is consistent in itself");
        Faults(forged).Should().NotBeEmpty();
    }

    [Fact]
    public void An_erasure_is_no_fault_and_what_was_erased_cannot_be_put_back_P03()
    {
        for (var i = 0; i < s_records.Count; i++)
        {
            var erased = AuditChain.Erase(s_records[i]);
            Faults(Replace(i, erased)).Should().BeEmpty();
            Faults(Replace(i, erased with { Event = erased.Event with { Recipient = "mallory@example.com" } })).Should().NotBeEmpty();
        }
    }

    [Fact]
    public void Equal_personal_data_does_not_look_equal() => s_records.Select(r => r.PersonalHash).Should().OnlyHaveUniqueItems();

    [Fact]
    public void Says_nothing_personal_about_itself() => string.Concat(s_records).Should().NotContain("ada@");

    private static List<AuditRecord> Records()
    {
        var records = new List<AuditRecord>();
        foreach (var row in AuditConformance.EveryKind()) records.Add(AuditChain.Extend(records.LastOrDefault()?.Seal ?? AuditSeal.Empty, row.Data with { EventId = Guid.CreateVersion7() }));
        return records;
    }

    private static AuditRecord[] Replace(int index, AuditRecord record) => [.. s_records.Take(index), record, .. s_records.Skip(index + 1)];

    private static IReadOnlyList<AuditFault> Faults(IReadOnlyList<AuditRecord> records) => Faults(records, s_records[^1].Seal);

    private static IReadOnlyList<AuditFault> Faults(IReadOnlyList<AuditRecord> records, AuditSeal? known)
    {
        var verifier = new AuditVerifier(AuditSeal.Empty, known);
        foreach (var record in records) verifier.Add(record);
        return verifier.Finish().Faults;
    }

    private static string Other(string hex) => (hex[0] == '0' ? "1" : "0") + hex[1..];

    private static MailEvent Edit(MailEvent mailEvent, PropertyInfo property)
    {
        var edited = mailEvent with { };
        object? other = property.GetValue(edited) switch
        {
            Guid => Guid.CreateVersion7(),
            MailId => MailId.New(DateTimeOffset.UnixEpoch),
            string text => text + " ",
            int number => number + 1,
            bool flag => !flag,
            DateTimeOffset time => time.AddTicks(1),
            EmailAddress address => new EmailAddress(address.Address, address.DisplayName + "!"),
            IReadOnlyList<string> list => list.Append("more").ToList(),
            IReadOnlyDictionary<string, string> map => map.Append(new("more", "")).ToDictionary(),
            Enum value => Enum.GetValues(value.GetType()).Cast<Enum>().First(v => !v.Equals(value)),
            var value => throw new NotSupportedException($"{property.Name}: {value?.GetType()}"),
        };
        property.SetValue(edited, other);
        return edited;
    }
}
