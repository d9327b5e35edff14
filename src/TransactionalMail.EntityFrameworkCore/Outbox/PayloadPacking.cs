using System.Buffers;
using System.Collections.Concurrent;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Stores long payloads as Zstandard frames (RFC 8878), whose checksum tells damage; short ones begin with the brace of their JSON. Thread-safe.</summary>
/// <remarks>
/// PostgreSQL would compress them itself, in the one backend that commits for everybody: 12 ms for 64 mails of 8 KB, where the insert
/// takes 3. It gives up at once on what is compressed. Callers compress beside each other, and there is less to log and to make durable.
/// </remarks>
internal static class PayloadPacking
{
    private const int Short = 1024;

    /// <summary>What is longer is stored as it is, and nothing decompresses to more: a small row that was tampered with takes no more memory than that.</summary>
    private const int Longest = 64 << 20;

    // Each has tables of its own, which cost more to make than a mail does to compress. There are never more than were in use at once.
    private static readonly ConcurrentBag<Compressor> s_compressors = [];
    private static readonly ConcurrentBag<Decompressor> s_decompressors = [];

    private static ReadOnlySpan<byte> FrameStart => [0x28, 0xB5, 0x2F, 0xFD];

    public static byte[] Pack(byte[] payload)
    {
        if (payload.Length is < Short or > Longest) return payload;

        var frame = ArrayPool<byte>.Shared.Rent(Compressor.GetCompressBound(payload.Length));
        var compressor = s_compressors.TryTake(out var known) ? known : CreateCompressor();
        var length = compressor.Wrap(payload, frame);
        s_compressors.Add(compressor);
        var packed = length < payload.Length ? frame.AsSpan(0, length).ToArray() : payload;
        ArrayPool<byte>.Shared.Return(frame);
        return packed;
    }

    /// <summary>Reads what <see cref="Pack"/> returned, from memory that is used again afterwards.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static T Read<T>(byte[] stored, Func<ReadOnlySpan<byte>, T> read)
    {
        if (!stored.AsSpan().StartsWith(FrameStart)) return read(stored);

        var payload = Decompress(stored, out var length);
        try
        {
            return read(payload.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(payload);
        }
    }

    private static byte[] Decompress(byte[] frame, out int length)
    {
        try
        {
            var size = Decompressor.GetDecompressedSize(frame);
            if (size > Longest) throw Damaged();

            var payload = ArrayPool<byte>.Shared.Rent((int)size);
            var decompressor = s_decompressors.TryTake(out var known) ? known : new Decompressor();
            length = decompressor.Unwrap(frame, payload);
            s_decompressors.Add(decompressor);
            return payload;
        }
        catch (ZstdException e)
        {
            throw Damaged(e);
        }
    }

    private static Compressor CreateCompressor()
    {
        var compressor = new Compressor();
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return compressor;
    }

    private static InvalidDataException Damaged(Exception? reason = null) => new("The stored mail is damaged: it does not decompress.", reason);
}
