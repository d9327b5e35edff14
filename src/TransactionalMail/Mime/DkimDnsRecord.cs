using System.Globalization;
using TransactionalMail.Messages;
using TransactionalMail.Mime;

namespace TransactionalMail;

/// <summary>The TXT record that publishes a DKIM key (RFC 6376 §3.6.1).</summary>
public sealed class DkimDnsRecord
{
    private const int MaxString = 255;

    private DkimDnsRecord(string name, string value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>Gets the record's name: <c>m1._domainkey.acme.example</c>.</summary>
    public string Name { get; }

    /// <summary>Gets the record's value, undivided.</summary>
    public string Value { get; }

    /// <summary>Makes the record of a key; the private part stays where it is.</summary>
    /// <exception cref="FormatException">The domain or the key is not usable; the message says why.</exception>
    public static DkimDnsRecord For(DkimOptions key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (DkimFaults.Of([key]).FirstOrDefault() is { } fault) throw new FormatException(fault);

        DomainName.TryToAscii(key.Domain, out var domain, out _);
        var imported = DkimKey.Import(DkimKeySource.Read(key), domain, key.Selector, TimeProvider.System);
        return new DkimDnsRecord($"{key.Selector}._domainkey.{domain}", $"v=DKIM1; k={imported.Algorithm}; p={Convert.ToBase64String(imported.PublicKey)}");
    }

    /// <summary>Returns the record as a line of a zone file, its value in strings of at most 255 octets (RFC 1035 §3.3.14).</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}. IN TXT ( {string.Join(' ', Value.Chunk(MaxString).Select(static part => $"\"{new string(part)}\""))} )");
}
