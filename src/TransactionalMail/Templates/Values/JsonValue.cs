using System.Text.Json;
using Fluid.Values;

namespace TransactionalMail.Templates.Values;

/// <summary>Turns JSON into Liquid values, without reflection.</summary>
internal static class JsonValue
{
    public static FluidValue From(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new JsonObject(element),
        JsonValueKind.Array => new ArrayValue([.. element.EnumerateArray().Select(From)]),
        JsonValueKind.String => new StringValue(element.GetString()!),
        JsonValueKind.Number => FromNumber(element),
        JsonValueKind.True => BooleanValue.True,
        JsonValueKind.False => BooleanValue.False,
        _ => NilValue.Instance,
    };

    /// <summary>Numbers are decimals, so that prices stay exact; those too large for one stay as written.</summary>
    private static FluidValue FromNumber(JsonElement element) => element.TryGetDecimal(out var number)
        ? NumberValue.Create(number)
        : new StringValue(element.GetRawText());
}
