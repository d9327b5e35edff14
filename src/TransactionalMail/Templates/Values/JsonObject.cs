using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Fluid;
using Fluid.Values;

namespace TransactionalMail.Templates.Values;

/// <summary>An object of the model; its members are converted when a template first asks for them.</summary>
internal sealed class JsonObject(JsonElement element) : FluidValue, IMembers
{
    private readonly Dictionary<string, FluidValue> _members = new(StringComparer.Ordinal);

    public JsonElement Element { get; } = element;

    public override FluidValues Type => FluidValues.Dictionary;

    public bool TryGetMember(string name, [NotNullWhen(true)] out FluidValue? value)
    {
        if (_members.TryGetValue(name, out value)) return true;

        if (Element.TryGetProperty(name, out var property)) value = JsonValue.From(property);
        else if (name is "size") value = NumberValue.Create(Element.GetPropertyCount());
        else return false;

        _members.Add(name, value);
        return true;
    }

    public override ValueTask<FluidValue> GetValueAsync(string name, TemplateContext context) =>
        TryGetMember(name, out var value) ? value : NilValue.Instance;

    public override ValueTask<FluidValue> GetIndexAsync(FluidValue index, TemplateContext context) =>
        GetValueAsync(index.ToStringValue(), context);

    public override IEnumerable<FluidValue> Enumerate(TemplateContext context)
    {
        foreach (var property in Element.EnumerateObject())
        {
            TryGetMember(property.Name, out var value);
            yield return new ArrayValue([new StringValue(property.Name), value!]);
        }
    }

    public override bool Contains(FluidValue value) => Element.TryGetProperty(value.ToStringValue(), out _);

    public override bool Equals(FluidValue? other) => other switch
    {
        JsonObject that => JsonElement.DeepEquals(Element, that.Element),
        EmptyValue or BlankValue => Element.GetPropertyCount() == 0,
        _ => false,
    };

    public override bool Equals(object? obj) => obj is FluidValue value && Equals(value);

    public override int GetHashCode() => Element.GetPropertyCount();

    public override bool ToBooleanValue() => true;

    /// <summary>The number of members: Fluid asks for it to tell whether a dictionary is empty.</summary>
    public override decimal ToNumberValue() => Element.GetPropertyCount();

    public override string ToStringValue() => Element.GetRawText();

    public override object ToObjectValue() => this;
}
