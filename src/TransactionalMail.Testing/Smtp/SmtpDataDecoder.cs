using System.Buffers;

namespace TransactionalMail.Testing.Smtp;

/// <summary>Finds the end of a message's content and removes the stuffed dots (RFC 5321 §4.5.2). Only CRLF ends a line.</summary>
internal sealed class SmtpDataDecoder(int maxSize)
{
    private readonly ArrayBufferWriter<byte> _content = new(4096);
    private State _state;
    private long _position;
    private long _lineStart;

    private enum State
    {
        LineStart,
        Text,
        CarriageReturn,
        Dot,
        DotCarriageReturn,
    }

    public bool IsTooLarge { get; private set; }

    public bool HasBareLineEndings { get; private set; }

    public int LongestLine { get; private set; }

    public byte[] ToArray() => _content.WrittenSpan.ToArray();

    public void Reset()
    {
        _content.ResetWrittenCount();
        _state = State.LineStart;
        _position = _lineStart = 0;
        IsTooLarge = HasBareLineEndings = false;
        LongestLine = 0;
    }

    /// <summary>Takes bytes in until they end or the message does.</summary>
    /// <returns>Whether the message has ended; <paramref name="consumed"/> then includes the final CRLF.</returns>
    public bool Decode(ReadOnlySpan<byte> input, out int consumed)
    {
        var kept = 0; // the bytes before it are in _content or dropped
        var at = 0;
        while (at < input.Length)
        {
            switch (_state)
            {
                case State.LineStart:
                    _lineStart = _position + at;
                    if (input[at] != '.')
                    {
                        _state = State.Text;
                        break;
                    }

                    Append(input[kept..at]);
                    kept = ++at;
                    _lineStart++;
                    _state = State.Dot;
                    break;

                case State.Dot:
                    _state = input[at] == '\r' ? State.DotCarriageReturn : State.Text;
                    if (_state is State.DotCarriageReturn) kept = ++at;
                    break;

                case State.DotCarriageReturn when input[at] == '\n':
                    consumed = at + 1;
                    return true;

                case State.DotCarriageReturn:
                    Append("\r"u8);
                    _state = State.CarriageReturn;
                    break;

                case State.CarriageReturn when input[at] == '\n':
                    LongestLine = Math.Max(LongestLine, (int)(_position + at - 1 - _lineStart));
                    _state = State.LineStart;
                    at++;
                    break;

                case State.CarriageReturn:
                    HasBareLineEndings = true;
                    _state = State.Text;
                    break;

                default:
                    at += DecodeText(input[at..]);
                    break;
            }
        }

        Append(input[kept..]);
        _position += input.Length;
        consumed = input.Length;
        return false;
    }

    /// <summary>Goes past the next CR or LF, or to the end of the input.</summary>
    private int DecodeText(ReadOnlySpan<byte> input)
    {
        var ending = input.IndexOfAny((byte)'\r', (byte)'\n');
        if (ending < 0) return input.Length;
        if (input[ending] == '\r') _state = State.CarriageReturn;
        else HasBareLineEndings = true;
        return ending + 1;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        IsTooLarge |= _content.WrittenCount + (long)bytes.Length > maxSize;
        if (!IsTooLarge) _content.Write(bytes);
    }
}
