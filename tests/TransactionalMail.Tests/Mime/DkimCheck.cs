using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace TransactionalMail.Tests.Mime;

/// <summary>Checks received bytes against DNS records held in memory.</summary>
internal sealed class DkimCheck(params IEnumerable<DkimDnsRecord> records) : IDkimPublicKeyLocator
{
    private readonly Dictionary<string, AsymmetricKeyParameter> _keys = records.ToDictionary(record => record.Name, record => Read(record.Value));

    public static DkimCheck For(params IEnumerable<DkimOptions> keys) => new(keys.Select(DkimDnsRecord.For));

    /// <summary>Returns one result for each signature, from the top.</summary>
    public IReadOnlyList<bool> Verify(byte[] received)
    {
        using var message = Compose.Parse(received);
        var verifier = new DkimVerifier(this);
        verifier.Enable(DkimSignatureAlgorithm.Ed25519Sha256);
        return [.. message.Headers.Where(header => header.Id is HeaderId.DkimSignature).Select(signature => verifier.Verify(message, signature, TestContext.Current.CancellationToken))];
    }

    public AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
        _keys[$"{selector}._domainkey.{domain}"];

    public Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
        Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));

    private static AsymmetricKeyParameter Read(string record)
    {
        var tags = record.Split(';', StringSplitOptions.TrimEntries).Select(tag => tag.Split('=', 2)).ToDictionary(tag => tag[0], tag => tag[1]);
        var key = Convert.FromBase64String(tags["p"]);
        return tags["k"] == "ed25519" ? new Ed25519PublicKeyParameters(key, 0) : PublicKeyFactory.CreateKey(key);
    }
}
