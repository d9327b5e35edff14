using MimeKit;
using MimeKit.IO;

namespace TransactionalMail.Mime;

/// <summary>The one way a composed message becomes bytes, so that every transport writes exactly what was signed.</summary>
internal static class WireFormat
{
    /// <summary>CRLF everywhere, also at the end.</summary>
    public static readonly FormatOptions Options = new()
    {
        NewLineFormat = NewLineFormat.Dos,
        EnsureNewLine = true,
        ParameterEncodingMethod = ParameterEncodingMethod.Rfc2231,
        HiddenHeaders = { HeaderId.Bcc, HeaderId.ResentBcc, HeaderId.ContentLength },
    };

    /// <summary>Returns the size on the wire, in octets.</summary>
    public static long Measure(MimeMessage message)
    {
        using var measure = new MeasuringStream();
        message.WriteTo(Options, measure);
        return measure.Length;
    }
}
