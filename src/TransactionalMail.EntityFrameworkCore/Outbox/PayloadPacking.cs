using System.Buffers;
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

    /// <summary>Reads what <see cref="Pack"/> returned, from memory that is used again afterwards.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static T Read<T>(byte[] stored, Func<ReadOnlySpan<byte>, T> read)
    {
        if (stored is not [Brotli, ..]) return read(stored);

        var payload = ArrayPool<byte>.Shared.Rent(stored.Length * 8);
        try
        {
            var length = Decompress(stored.AsSpan(1), ref payload);
            return read(payload.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(payload);
        }
    }

    private static int Decompress(ReadOnlySpan<byte> packed, ref byte[] payload)
    {
        using var brotli = new BrotliDecoder();
        var length = 0;
        while (true)
        {
            var status = brotli.Decompress(packed, payload.AsSpan(length), out var consumed, out var written);
            packed = packed[consumed..];
            length += written;
            if (status is OperationStatus.Done && packed.IsEmpty) return length;
            if (status is not OperationStatus.DestinationTooSmall) throw new InvalidDataException("The stored mail is damaged: it does not decompress.");

            var larger = ArrayPool<byte>.Shared.Rent(payload.Length * 2);
            payload.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(payload);
            payload = larger;
        }
    }
}
