using Fluid;
using Fluid.Values;

namespace TransactionalMail.Templates.Values;

/// <summary>Text that also has a form in HTML: a captured block, for instance.</summary>
/// <remarks>
/// Between tags the HTML is written as it is. Everywhere else, and for every filter, it is <paramref name="text"/>, which is data
/// like any other and is encoded. So markup never survives a change that could break it.
/// </remarks>
internal sealed class Markup(string text, string html, string? json = null) : FluidValue
{
    public string Html { get; } = html;

    /// <summary>The same as JSON that is safe inside a <c>script</c> element, if it has such a form.</summary>
    public string? Json { get; } = json;

    public override FluidValues Type => FluidValues.String;

    public override string ToStringValue() => text;

    public override object ToObjectValue() => text;

    public override bool ToBooleanValue() => true;

    public override decimal ToNumberValue() => Text.ToNumberValue();

    public override bool Contains(FluidValue value) => Text.Contains(value);

    public override ValueTask<FluidValue> GetValueAsync(string name, TemplateContext context) => Text.GetValueAsync(name, context);

    public override IEnumerable<FluidValue> Enumerate(TemplateContext context) => Text.Enumerate(context);

    public override bool Equals(FluidValue? other) => other is not null && Text.Equals(other);

    public override bool Equals(object? obj) => obj is FluidValue value && Equals(value);

    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);

    public StringValue Text => new(text);
}
