using System.Text.RegularExpressions;
using MimeKit;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NSwag;
using TransactionalMail.Testing;

namespace TransactionalMail.Tests.Transports.Http;

/// <summary>A provider's own description of its API, which judges what we send; nobody here wrote it.</summary>
internal sealed class OfficialDescription
{
    private readonly SchemaType _type;
    private readonly IReadOnlyList<(string Method, Regex Path, string ContentType, JsonSchema Body)> _operations;

    private OfficialDescription(SchemaType type, IReadOnlyList<(string Method, Regex Path, string ContentType, JsonSchema Body)> operations)
    {
        _type = type;
        _operations = operations;
    }

    /// <summary>Reads an OpenAPI or Swagger document.</summary>
    public static async Task<OfficialDescription> OfApiAsync(string file)
    {
        var document = await OpenApiDocument.FromJsonAsync(await File.ReadAllTextAsync(SharedData.Path(file)));
        var operations =
            from operation in document.Operations
            from body in Bodies(document, operation.Operation)
            select (operation.Method, PathOf(operation.Path), body.ContentType, body.Schema);
        return new OfficialDescription(document.SchemaType, [.. operations]);
    }

    /// <summary>Reads a JSON schema of the body of one operation.</summary>
    public static async Task<OfficialDescription> OfBodyAsync(string file, string method, string path) =>
        new(SchemaType.JsonSchema, [(method, PathOf(path), "application/json", await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(SharedData.Path(file))))]);

    /// <summary>Returns what is wrong with a request, or nothing.</summary>
    public IReadOnlyList<string> FindViolations(SimulatedRequest request)
    {
        var type = MimeKit.ContentType.Parse(request.Headers["Content-Type"]);
        var fitting = _operations.Where(o => o.Path.IsMatch(request.Path) && string.Equals(o.Method, request.Method, StringComparison.OrdinalIgnoreCase)).ToList();
        if (fitting.Count == 0) return [$"there is no {request.Method} {request.Path}"];
        var operation = fitting.Find(o => type.IsMimeType(o.ContentType.Split('/')[0], o.ContentType.Split('/')[1]));
        if (operation.Body is null) return [$"{request.Path} takes no {type.MimeType}"];

        var body = type.IsMimeType("multipart", "form-data") ? FormOf(request, type).ToString() : request.Text;
        return [.. operation.Body.Validate(body, _type).Select(static violation => $"{violation.Kind} {violation.Path}")];
    }

    private static IEnumerable<(string ContentType, JsonSchema Schema)> Bodies(OpenApiDocument document, OpenApiOperation operation)
    {
        if (document.SchemaType == SchemaType.Swagger2) return operation.ActualParameters.Where(static p => p.Kind == OpenApiParameterKind.Body).Select(static p => ("application/json", p.Schema.ActualSchema));
        return operation.ActualRequestBody?.Content.Select(static c => (c.Key, c.Value.Schema.ActualSchema)) ?? [];
    }

    private static Regex PathOf(string template) =>
        new($"^{Regex.Replace(template, @"\{[^}]+\}", "[^/]+", RegexOptions.None, TimeSpan.FromSeconds(1))}$", RegexOptions.None, TimeSpan.FromSeconds(1));

    /// <summary>Turns the parts of a form into the object the schema describes; a field that stands more than once is an array.</summary>
    private static JObject FormOf(SimulatedRequest request, MimeKit.ContentType type)
    {
        using var content = new MemoryStream(request.Body.ToArray());
        using var parsed = MimeEntity.Load(type, content);
        var form = new JObject();
        foreach (var fields in ((Multipart)parsed).Cast<MimePart>().GroupBy(static p => p.ContentDisposition!.Parameters["name"]!))
        {
            var values = fields.Select(static p => (JToken)ValueOf(p)).ToArray();
            form[fields.Key] = values.Length == 1 ? values[0] : new JArray(values.Cast<object>().ToArray());
        }

        return form;
    }

    private static string ValueOf(MimePart part)
    {
        using var content = new MemoryStream();
        part.Content!.DecodeTo(content);
        return System.Text.Encoding.UTF8.GetString(content.ToArray());
    }
}
