using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using TransactionalMail.Testing.Smtp;

namespace TransactionalMail.Testing;

/// <summary>What <see cref="LocalSmtpServer"/> does at one point of a conversation: a reply, a fault, or both. Immutable and thread-safe.</summary>
/// <remarks>
/// A string converts: <c>server.ReplyOnce(SmtpStage.MailFrom, "451 4.3.0 Try again later")</c>. The rest composes from left to right:
/// <c>SmtpReply.Default.Delayed(TimeSpan.FromSeconds(1)).ThenClose()</c>. A code of 421 does not close by itself: add <see cref="ThenClose"/>.
/// </remarks>
public sealed record SmtpReply
{
    private SmtpReply(string text, ReadOnlyMemory<byte> bytes)
    {
        Text = text;
        Bytes = bytes;
        var digits = bytes.Span[..Math.Min(3, bytes.Length)];
        Code = digits.Length == 3 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;
    }

    /// <summary>Gets the reply the server gives when nothing was scripted; a start for <see cref="Delayed"/>, <see cref="ThenClose"/> and so on.</summary>
    public static SmtpReply Default { get; } = new("<default>", ReadOnlyMemory<byte>.Empty) { IsDefault = true };

    /// <summary>Gets the fault of closing the connection (FIN) without a reply.</summary>
    public static SmtpReply Close { get; } = Raw(ReadOnlyMemory<byte>.Empty).ThenClose();

    /// <summary>Gets the fault of resetting the connection (RST) without a reply.</summary>
    public static SmtpReply Reset { get; } = Raw(ReadOnlyMemory<byte>.Empty).ThenReset();

    /// <summary>Gets the fault of never replying, while still reading what the client sends.</summary>
    public static SmtpReply Silence { get; } = Raw(ReadOnlyMemory<byte>.Empty).ThenSilence();

    /// <summary>Gets the fault of neither replying nor reading, so that a client that sends much is blocked.</summary>
    public static SmtpReply Stall { get; } = Raw(ReadOnlyMemory<byte>.Empty).ThenStall();

    /// <summary>Gets the reply code (RFC 5321 §4.2).</summary>
    /// <value>The three leading digits; 0 where there are none, as in <see cref="Close"/> or <see cref="Default"/>.</value>
    public int Code { get; private init; }

    internal string Text { get; private init; }

    internal ReadOnlyMemory<byte> Bytes { get; private init; }

    internal bool IsDefault { get; private init; }

    internal bool IsBuiltIn { get; private init; }

    internal int Repetitions { get; private init; } = 1;

    internal TimeSpan Delay { get; private init; }

    internal int PieceLength { get; private init; } = int.MaxValue;

    internal TimeSpan PieceInterval { get; private init; }

    internal SmtpReplyEnding Ending { get; private init; }

    internal int BytesBeforeEnding { get; private init; }

    internal bool IsRefusal => Code >= 400;

    internal bool IsTrickled => PieceLength < int.MaxValue;

    /// <summary>Gets whether this can be said at once, whatever the conversation has come to.</summary>
    internal bool IsImmediate =>
        !IsDefault && !IsTrickled && Repetitions == 1 && Delay == TimeSpan.Zero && BytesBeforeEnding == 0
        && Ending is not (SmtpReplyEnding.Silence or SmtpReplyEnding.Stall);

    /// <summary>Makes a reply from its text, such as <c>550 5.1.1 No such mailbox</c>.</summary>
    /// <param name="reply">One line, or several separated by line breaks: <c>"250-first\n250 last"</c>. It is sent as it is, with CRLF after each line.</param>
    /// <exception cref="FormatException">The text does not start with three digits; <see cref="Raw"/> sends anything.</exception>
    public static SmtpReply FromString(string reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        var text = reply.ReplaceLineEndings("\r\n").TrimEnd('\r', '\n');
        if (text.Length < 3 || text.AsSpan(0, 3).ContainsAnyExceptInRange('0', '9'))
            throw new FormatException("An SMTP reply starts with three digits, as in \"550 5.1.1 No such mailbox\". Use SmtpReply.Raw to send anything else.");
        return new SmtpReply(text, Encoding.UTF8.GetBytes(text + "\r\n"));
    }

    /// <summary>Makes a reply of arbitrary bytes, sent as they are: garbage, a reply without an end, two replies at once.</summary>
    /// <param name="bytes">The bytes; the caller must not change them afterwards.</param>
    public static SmtpReply Raw(ReadOnlyMemory<byte> bytes) =>
        new(string.Create(CultureInfo.InvariantCulture, $"<{bytes.Length} raw bytes>"), bytes);

    /// <summary>Converts text to a reply, as <see cref="FromString"/> does; <see langword="null"/> stays <see langword="null"/>.</summary>
    [return: NotNullIfNotNull(nameof(reply))]
    public static implicit operator SmtpReply?(string? reply) => reply is null ? null : FromString(reply);

    /// <summary>Returns this reply, sent after a wait.</summary>
    public SmtpReply Delayed(TimeSpan delay) => this with { Delay = delay };

    /// <summary>Returns this reply, sent a few bytes at a time.</summary>
    /// <param name="bytes">How many bytes to send at once.</param>
    /// <param name="interval">The wait between two pieces.</param>
    public SmtpReply Trickled(int bytes, TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        return this with { PieceLength = bytes, PieceInterval = interval };
    }

    /// <summary>Returns this reply with its bytes sent many times: <c>SmtpReply.FromString("220-again").Repeated(int.MaxValue)</c> never ends.</summary>
    public SmtpReply Repeated(int times)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(times);
        return this with { Repetitions = times };
    }

    /// <summary>Returns this reply, after which the connection is closed (FIN).</summary>
    /// <param name="afterBytes">How many more bytes of the client to read first: after a 354 reply, this breaks off inside the content.</param>
    public SmtpReply ThenClose(int afterBytes = 0) => this with { Ending = SmtpReplyEnding.Close, BytesBeforeEnding = afterBytes };

    /// <summary>Returns this reply, after which the connection is reset (RST).</summary>
    /// <param name="afterBytes">How many more bytes of the client to read first.</param>
    public SmtpReply ThenReset(int afterBytes = 0) => this with { Ending = SmtpReplyEnding.Reset, BytesBeforeEnding = afterBytes };

    /// <summary>Returns this reply, after which the server says nothing more but goes on reading until the client closes.</summary>
    public SmtpReply ThenSilence() => this with { Ending = SmtpReplyEnding.Silence };

    /// <summary>Returns this reply, after which the server neither reads nor writes until it is disposed.</summary>
    public SmtpReply ThenStall() => this with { Ending = SmtpReplyEnding.Stall };

    /// <summary>Returns the text, or a short description in angle brackets.</summary>
    public override string ToString() => Ending is SmtpReplyEnding.KeepOpen ? Text : $"{Text} <{Ending}>";

    internal static SmtpReply BuiltIn(string text) => FromString(text) with { IsBuiltIn = true };

    /// <summary>Puts the server's own reply in the place of <see cref="Default"/>, keeping what was added to it.</summary>
    internal SmtpReply Over(SmtpReply own) => IsDefault ? Saying(own) with { IsDefault = false, IsBuiltIn = own.IsBuiltIn } : this;

    /// <summary>Removes the enhanced status code (RFC 3463) from a reply of the server's own.</summary>
    internal SmtpReply WithoutEnhancedCode() =>
        IsBuiltIn && Text.Length > 5 && Text[5] == '.' ? Saying(FromString(Text[..4] + Text[(Text.IndexOf(' ', 4) + 1)..])) : this;

    private SmtpReply Saying(SmtpReply other) => this with { Text = other.Text, Bytes = other.Bytes, Code = other.Code };
}
