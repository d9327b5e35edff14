using System.Text;

namespace TransactionalMail.Testing.Smtp;

/// <summary>Reads command lines and message content from one buffer. Only CRLF ends a line. Not thread-safe.</summary>
internal sealed class SmtpLineReader(Stream stream, int maxLineLength)
{
    private readonly byte[] _buffer = new byte[Math.Max(32 * 1024, maxLineLength + 2)];
    private Stream _stream = stream;
    private int _start;
    private int _end;

    /// <summary>Gets whether the latest line was longer than the limit, and so is cut.</summary>
    public bool IsOverlong { get; private set; }

    /// <summary>Gets whether a whole line is here already, which a pipelining client sent ahead.</summary>
    public bool HasLine => Buffered.IndexOf("\r\n"u8) >= 0;

    private ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Goes on with another stream and forgets what the old one brought too early.</summary>
    /// <returns>How many bytes were forgotten.</returns>
    public int SwitchTo(Stream stream)
    {
        var forgotten = _end - _start;
        _start = _end = 0;
        _stream = stream;
        return forgotten;
    }

    /// <summary>Reads a line without its CRLF; <see langword="null"/> where the client has closed.</summary>
    public async ValueTask<string?> ReadLineAsync()
    {
        IsOverlong = false;
        while (true)
        {
            var length = Buffered.IndexOf("\r\n"u8);
            if (length < 0 && _end - _start > maxLineLength)
            {
                IsOverlong = true;
                _start = _end - 1; // it may be the CR of the CRLF
            }
            else if (length >= 0)
            {
                IsOverlong |= length > maxLineLength;
                var line = IsOverlong ? "" : Encoding.UTF8.GetString(Buffered[..length]);
                _start += length + 2;
                return line;
            }

            if (!await FillAsync().ConfigureAwait(false)) return null;
        }
    }

    /// <summary>Reads message content up to its final dot.</summary>
    /// <returns>Whether it ended; otherwise the client has closed.</returns>
    public async ValueTask<bool> ReadContentAsync(SmtpDataDecoder decoder)
    {
        while (true)
        {
            var ended = decoder.Decode(Buffered, out var consumed);
            _start += consumed;
            if (ended) return true;
            if (!await FillAsync().ConfigureAwait(false)) return false;
        }
    }

    /// <summary>Reads and forgets bytes until there were that many or the client has closed.</summary>
    public async ValueTask SkipAsync(long count)
    {
        while (true)
        {
            var skipped = (int)Math.Min(count, _end - _start);
            _start += skipped;
            count -= skipped;
            if (count == 0 || !await FillAsync().ConfigureAwait(false)) return;
        }
    }

    private async ValueTask<bool> FillAsync()
    {
        if (_start > 0)
        {
            Buffered.CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        var read = await _stream.ReadAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }
}
