using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TransactionalMail.Messages;

/// <summary>A SHA-256 over fields, each with its length before it, so that no two lists of fields read the same.</summary>
internal readonly struct FieldHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public FieldHash()
    {
    }

    public void Add(string? text)
    {
        if (text is null) Add(-1);
        else Add(Encoding.UTF8.GetBytes(text));
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        _hash.AppendData(bytes);
    }

    public void Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        _hash.AppendData(bytes);
    }

    public void Add(IReadOnlyCollection<string> texts)
    {
        Add(texts.Count);
        foreach (var text in texts) Add(text);
    }

    /// <summary>Adds pairs in an order of their own.</summary>
    public void Add(IReadOnlyDictionary<string, string> pairs)
    {
        foreach (var (key, value) in pairs.OrderBy(static p => p.Key, StringComparer.Ordinal))
        {
            Add(key);
            Add(value);
        }
    }

    /// <summary>Returns the hash in hexadecimal.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
