using System.Globalization;
using System.Text;
using MimeKit;

namespace TransactionalMail.Testing.Ses;

/// <summary>A raw mail as SES looks at it.</summary>
internal sealed class SesMime
{
    private const int Largest = 40 * 1024 * 1024;
    private const int LongestLine = 1000;

    /// <summary>Of the fields that may appear once, those that mails have: https://docs.aws.amazon.com/ses/latest/dg/header-fields.html.</summary>
    private static readonly string[] s_single = ["Date", "From", "In-Reply-To", "List-Unsubscribe", "Message-ID", "MIME-Version", "References", "Reply-To", "Return-Path", "Sender", "Subject"];

    private readonly byte[] _raw;
    private readonly int _headerEnd;

    /// <exception cref="SesRefusal">SES does not take it.</exception>
    public SesMime(byte[] raw)
    {
        if (raw.Length > Largest) throw Bad($"Message length is more than {Largest} bytes long.");
        _raw = raw;
        _headerEnd = raw.AsSpan().IndexOf("\r\n\r\n"u8);
        if (_headerEnd < 0) throw Bad("Missing the blank line between header and body.");
        foreach (var line in raw.AsSpan().Split((byte)'\n'))
        {
            if (line.End.GetOffset(raw.Length) + 1 - line.Start.GetOffset(raw.Length) > LongestLine) throw Bad($"A line is longer than {LongestLine} characters.");
        }

        using var message = MimeMessage.Load(new MemoryStream(raw));
        if (s_single.FirstOrDefault(name => message.Headers.Count(h => h.Field.Equals(name, StringComparison.OrdinalIgnoreCase)) > 1) is { } duplicate) throw Bad($"Duplicate header '{duplicate}'.");
        From = message.From.Mailboxes.FirstOrDefault()?.GetAddress(idnEncode: true);
    }

    /// <summary>Gets the author's address, or <see langword="null"/> where there is none.</summary>
    public string? From { get; }

    /// <summary>Returns what recipients get.</summary>
    public byte[] Deliver(string messageId, DateTimeOffset date)
    {
        var delivered = new MemoryStream();
        delivered.Write(Encoding.ASCII.GetBytes($"Date: {date.UtcDateTime.ToString("ddd, dd MMM yyyy HH':'mm':'ss", CultureInfo.InvariantCulture)} +0000\r\nMessage-ID: <{messageId}>\r\n"));
        var isKept = true;
        foreach (var line in _raw.AsSpan(0, _headerEnd + 2).Split("\r\n"u8))
        {
            var text = _raw.AsSpan(line);
            if (text.IsEmpty) continue;
            if (text[0] is not ((byte)' ' or (byte)'\t')) isKept = !IsReplaced(Encoding.UTF8.GetString(text));
            if (!isKept) continue;
            delivered.Write(text);
            delivered.Write("\r\n"u8);
        }

        delivered.Write(_raw.AsSpan(_headerEnd + 2));
        return delivered.ToArray();
    }

    private static bool IsReplaced(string line) =>
        ((string[])["Date:", "Message-ID:", "Return-Path:", "Bcc:", "X-SES-"]).Any(prefix => line.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static SesRefusal Bad(string message) => new("BadRequestException", message);
}
