using System.Text.Json;
using System.Text.Json.Nodes;

namespace TransactionalMail.Testing;

/// <summary>What may stand at a place of a JSON document. Checked first, it lets the rules after it read without fear of a wrong type.</summary>
internal sealed class JsonShape
{
    private readonly string _type;
    private readonly Dictionary<string, JsonShape>? _fields;
    private readonly JsonShape? _items;

    private JsonShape(string type, Dictionary<string, JsonShape>? fields = null, JsonShape? items = null) => (_type, _fields, _items) = (type, fields, items);

    public static JsonShape Text { get; } = new("string");

    public static JsonShape Integer { get; } = new("integer");

    public static JsonShape Switch { get; } = new("boolean");

    /// <summary>Gets the shape of an object whose names are the caller's own.</summary>
    public static JsonShape Map { get; } = new("object");

    public static JsonShape ListOf(JsonShape items) => new("array", items: items);

    /// <summary>Returns the shape of an object with these fields, any of which may be absent, and no others.</summary>
    public static JsonShape Of(params ReadOnlySpan<(string Name, JsonShape Shape)> fields)
    {
        var known = new Dictionary<string, JsonShape>(StringComparer.Ordinal);
        foreach (var (name, shape) in fields) known.Add(name, shape);
        return new JsonShape("object", known);
    }

    /// <summary>Returns where a document first differs, as <c>to.0.email</c>, and how; <see langword="null"/> where it does not.</summary>
    public (string Path, string Problem)? FindFault(JsonNode? node, string path = "")
    {
        var given = TypeOf(node);
        if (!string.Equals(given, _type, StringComparison.Ordinal)) return (path, $"Invalid type. Expected: {_type}, given: {given}.");

        if (_items is not null)
        {
            return node!.AsArray().Select((item, i) => _items.FindFault(item, Join(path, $"{i}"))).FirstOrDefault(static fault => fault is not null);
        }

        if (_fields is null) return null;
        foreach (var (name, value) in node!.AsObject())
        {
            if (!_fields.TryGetValue(name, out var shape)) return (Join(path, name), $"Additional property {name} is not allowed");
            if (shape.FindFault(value, Join(path, name)) is { } fault) return fault;
        }

        return null;
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string TypeOf(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => node!.AsValue().TryGetValue<long>(out _) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };
}
