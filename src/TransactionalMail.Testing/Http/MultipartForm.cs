using System.Net.Http.Headers;
using System.Text;

namespace TransactionalMail.Testing;

/// <summary>Reads <c>multipart/form-data</c> (RFC 7578), and forgives nothing: providers differ in what they forgive.</summary>
internal static class MultipartForm
{
    /// <summary>Returns the parts in order.</summary>
    /// <exception cref="FormatException">It is no such form.</exception>
    public static IReadOnlyList<FormPart> Read(string? contentType, ReadOnlyMemory<byte> body)
    {
        var delimiter = Encoding.ASCII.GetBytes($"\r\n--{BoundaryIn(contentType)}");
        if (!body.Span.StartsWith(delimiter.AsSpan(2))) throw new FormatException("The form does not begin with its boundary.");

        var parts = new List<FormPart>();
        for (var rest = body[(delimiter.Length - 2)..]; !rest.Span.StartsWith("--"u8);)
        {
            var end = rest.Span.StartsWith("\r\n"u8) ? rest.Span.IndexOf(delimiter) : -1;
            if (end < 2) throw new FormatException("A part of the form does not end with its boundary.");
            parts.Add(ReadPart(rest[2..end]));
            rest = rest[(end + delimiter.Length)..];
        }

        return parts;
    }

    private static string BoundaryIn(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType is "multipart/form-data"
        && type.Parameters.SingleOrDefault(static p => p.Name is "boundary")?.Value?.Trim('"') is { Length: > 0 and <= 70 } boundary
            ? boundary
            : throw new FormatException("The body is not multipart/form-data with a boundary.");

    private static FormPart ReadPart(ReadOnlyMemory<byte> part)
    {
        var end = part.Span.IndexOf("\r\n\r\n"u8);
        if (end < 0) throw new FormatException("A part of the form has no end of its header.");

        string? disposition = null;
        foreach (var line in Encoding.UTF8.GetString(part.Span[..end]).Split("\r\n"))
        {
            if (line.StartsWith("Content-Disposition: ", StringComparison.OrdinalIgnoreCase) && disposition is null) disposition = line["Content-Disposition: ".Length..];
            else if (!line.StartsWith("Content-Type: ", StringComparison.OrdinalIgnoreCase)) throw new FormatException("A part of the form has a field it should not have (RFC 7578 §4.8).");
        }

        if (!ContentDispositionHeaderValue.TryParse(disposition, out var field) || field.DispositionType is not "form-data" || field.Name?.Trim('"') is not { Length: > 0 } name)
        {
            throw new FormatException("A part of the form has no name.");
        }

        return new FormPart(name, field.FileName?.Trim('"'), part[(end + 4)..]);
    }
}
