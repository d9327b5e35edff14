using System.IO.Compression;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Stores long payloads compressed, as a byte 1 and a Brotli stream (RFC 7932); short ones are JSON, which begins with a brace.</summary>
/// <remarks>
/// PostgreSQL would compress them itself, in the one backend that commits for everybody: 12 ms for 64 mails of 8 KB, where the insert
/// takes 3. It gives up at once on what is compressed. Callers compress beside each other, and there is less to log and to make durable.
/// </remarks>
internal static class PayloadPacking
{
    private const byte Brotli = 1;
    private const int Short = 1024;
    private const int Quality = 1;
    private const int Window = 18;

    public static byte[] Pack(byte[] payload)
    {
        if (payload.Length < Short) return payload;

        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(payload.Length) + 1];
        packed[0] = Brotli;
        return BrotliEncoder.TryCompress(payload, packed.AsSpan(1), out var length, Quality, Window) && length + 1 < payload.Length ? packed[..(length + 1)] : payload;
    }

    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static byte[] Unpack(byte[] stored)
    {
        if (stored is not [Brotli, ..]) return stored;

        using var source = new MemoryStream(stored, 1, stored.Length - 1);
        using var brotli = new BrotliStream(source, CompressionMode.Decompress);
        using var payload = new MemoryStream(stored.Length * 4);
        try
        {
            brotli.CopyTo(payload);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            throw new InvalidDataException("The stored mail is damaged: it does not decompress.", e);
        }

        return payload.ToArray();
    }
}
