using System.Security.Cryptography;
using System.Text;

namespace TransactionalMail.Testing.Smtp;

/// <summary>The server's side of SCRAM (RFC 5802 §3) without channel binding.</summary>
internal sealed class ScramVerifier(HashAlgorithmName hash, string userName, string password)
{
    private const int Iterations = 4096;

    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(16);
    private readonly string _nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));

    public async ValueTask<bool> VerifyAsync(SaslDialogue client)
    {
        var first = await client.AskAsync("").ConfigureAwait(false);
        var bare = first.StartsWith("n,,", StringComparison.Ordinal) ? first[3..] : "";
        var challenge = $"r={Attribute(bare, 'r')}{_nonce},s={Convert.ToBase64String(_salt)},i={Iterations}";
        var final = await client.AskAsync(challenge).ConfigureAwait(false);

        var proofAt = final.LastIndexOf(",p=", StringComparison.Ordinal);
        if (proofAt < 0 || !string.Equals(Attribute(bare, 'n'), userName, StringComparison.Ordinal)) return false;
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, _salt, Iterations, hash, hash == HashAlgorithmName.SHA1 ? 20 : 32);
        var clientKey = Mac(salted, "Client Key");
        var conversation = $"{bare},{challenge},{final[..proofAt]}";
        var proof = Xor(clientKey, Mac(CryptographicOperations.HashData(hash, clientKey), conversation));
        if (!string.Equals(final[(proofAt + 3)..], Convert.ToBase64String(proof), StringComparison.Ordinal)) return false;

        await client.AskAsync($"v={Convert.ToBase64String(Mac(Mac(salted, "Server Key"), conversation))}").ConfigureAwait(false);
        return true;
    }

    private byte[] Mac(byte[] key, string text) => CryptographicOperations.HmacData(hash, key, Encoding.UTF8.GetBytes(text));

    private static byte[] Xor(byte[] left, byte[] right) => [.. left.Zip(right, static (l, r) => (byte)(l ^ r))];

    private static string? Attribute(string message, char name) =>
        message.Split(',').FirstOrDefault(part => part.StartsWith($"{name}=", StringComparison.Ordinal))?[2..];
}
