using System.Security.Cryptography;
using System.Text;

namespace TransactionalMail.Mime;

/// <summary>The keys in use at one time. Immutable.</summary>
internal sealed class DkimKeyRing
{
    private readonly ILookup<string, DkimKeySigner> _signers;

    private DkimKeyRing(IEnumerable<DkimKeySigner> signers) => _signers = signers.ToLookup(signer => signer.Domain, StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the names of all keys.</summary>
    public IEnumerable<string> Names => _signers.SelectMany(domain => domain).Select(signer => signer.Name);

    /// <summary>Gets the names of keys that verifiers accept but frown upon.</summary>
    public IEnumerable<string> WeakNames => _signers.SelectMany(domain => domain).Where(signer => signer.IsWeak).Select(signer => signer.Name);

    /// <summary>Makes signers of the keys, and adds what is wrong with any of them to <paramref name="faults"/>.</summary>
    public static DkimKeyRing Load(IEnumerable<DkimKeySource> sources, TimeProvider time, List<string> faults)
    {
        var signers = new List<DkimKeySigner>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            if (source.Domain is null) faults.Add($"{source.Label}: Domain is not a domain name. Give one such as acme.example, without spaces, underscores or a final dot.");
            if (source.Selector is null) faults.Add($"{source.Label}: Selector is not a DNS label. Use letters, digits and hyphens, such as m1.");
            if (source.Problem is not null) faults.Add($"{source.Label}: {source.Problem}");
            if (source.Domain is null || source.Selector is null || source.Pem is null) continue;
            if (!names.Add(source.RecordName))
            {
                faults.Add($"{source.Label}: Another key has this domain and selector already. Give each key a selector of its own.");
                continue;
            }

            try
            {
                signers.Add(new DkimKeySigner(DkimKey.FromPem(source.Pem), source.Domain, source.Selector, time));
            }
            catch (FormatException e)
            {
                faults.Add($"{source.Label}: {e.Message}");
            }
        }

        return new DkimKeyRing(signers);
    }

    /// <summary>Returns a value that differs when any name or key does.</summary>
    public static string Fingerprint(IEnumerable<DkimKeySource> sources)
    {
        var text = new StringBuilder();
        foreach (var source in sources) text.Append(source.RecordName).Append('\0').Append(source.Problem).Append('\0').Append(source.Pem).Append('\0');
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Returns the signers of the From domain or, without any, of its nearest parent (relaxed alignment, RFC 7489 §3.1.1).</summary>
    public IEnumerable<DkimKeySigner> For(string fromDomain)
    {
        var domain = DkimName.Domain(fromDomain) ?? "";
        while (domain.Length > 0 && !_signers.Contains(domain))
        {
            var dot = domain.IndexOf('.', StringComparison.Ordinal);
            domain = dot < 0 ? "" : domain[(dot + 1)..];
        }

        return _signers[domain];
    }
}
