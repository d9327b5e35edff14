using MimeKit.Cryptography;
using TransactionalMail.Mime;

namespace TransactionalMail;

/// <summary>The DNS TXT record that publishes a DKIM key (RFC 6376 §3.6.1, RFC 8463 §4).</summary>
/// <remarks>
/// <code>Console.WriteLine(DkimDnsRecord.For(new DkimOptions { Domain = "acme.example", Selector = "m1", PrivateKeyPath = "dkim.pem" }));</code>
/// </remarks>
public sealed class DkimDnsRecord
{
    private const int MaxStringLength = 255;

    private DkimDnsRecord(string name, string value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>Gets the name of the record, without a final dot: <c>m1._domainkey.acme.example</c>.</summary>
    public string Name { get; }

    /// <summary>Gets the text of the record in one piece: <c>v=DKIM1; k=rsa; p=…</c>. Most DNS consoles take it like this.</summary>
    public string Value { get; }

    /// <summary>Derives the record from the private key, reading its file if it is in one.</summary>
    /// <exception cref="FormatException">The key has a fault; the message says which.</exception>
    public static DkimDnsRecord For(DkimOptions key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var faults = DkimFaults.Of([key]);
        if (faults.Count > 0) throw new FormatException(string.Join(' ', faults));

        var source = DkimKeySource.Read(0, key);
        var loaded = DkimKey.FromPem(source.Pem!);
        var type = loaded.Algorithm is DkimSignatureAlgorithm.Ed25519Sha256 ? "ed25519" : "rsa";
        return new DkimDnsRecord(source.RecordName, $"v=DKIM1; k={type}; p={loaded.PublicKey}");
    }

    /// <summary>Returns the record as a line of a zone file, the text in strings of at most 255 octets (RFC 1035 §3.3, §5.1).</summary>
    public override string ToString() => $"{Name}. IN TXT ( {string.Join(' ', Value.Chunk(MaxStringLength).Select(part => $"\"{new string(part)}\""))} )";
}
