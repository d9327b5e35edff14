using System.Diagnostics.CodeAnalysis;
using Fluid;
using Fluid.Values;

namespace TransactionalMail.Templates.Values;

/// <summary>The <c>forloop</c> and <c>tablerowloop</c> variables.</summary>
internal sealed class LoopValue(string name, int length, FluidValue? parent, int columns = 0) : FluidValue, IMembers
{
    public int Index { get; set; }

    public int Column => Index % columns;

    public int Row => (Index / columns) + 1;

    public bool IsLast => Index == length - 1;

    public bool IsLastColumn => Column == columns - 1;

    public override FluidValues Type => FluidValues.Object;

    public bool TryGetMember(string member, [NotNullWhen(true)] out FluidValue? value)
    {
        value = member switch
        {
            "index" => NumberValue.Create(Index + 1),
            "index0" => NumberValue.Create(Index),
            "rindex" => NumberValue.Create(length - Index),
            "rindex0" => NumberValue.Create(length - Index - 1),
            "first" => BooleanValue.Create(Index == 0),
            "last" => BooleanValue.Create(IsLast),
            "length" => NumberValue.Create(length),
            "name" when columns == 0 => new StringValue(name),
            "parentloop" when columns == 0 => parent ?? NilValue.Instance,
            "col" when columns > 0 => NumberValue.Create(Column + 1),
            "col0" when columns > 0 => NumberValue.Create(Column),
            "col_first" when columns > 0 => BooleanValue.Create(Column == 0),
            "col_last" when columns > 0 => BooleanValue.Create(IsLastColumn),
            "row" when columns > 0 => NumberValue.Create(Row),
            _ => null,
        };
        return value is not null;
    }

    public override ValueTask<FluidValue> GetValueAsync(string name, TemplateContext context) =>
        TryGetMember(name, out var value) ? value : NilValue.Instance;

    public override bool Equals(FluidValue? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => name.GetHashCode(StringComparison.Ordinal);

    public override bool ToBooleanValue() => true;

    public override decimal ToNumberValue() => 0;

    public override string ToStringValue() => "";

    public override object ToObjectValue() => this;
}
