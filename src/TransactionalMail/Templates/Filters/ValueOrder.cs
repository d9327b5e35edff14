using Fluid.Values;

namespace TransactionalMail.Templates.Filters;

/// <summary>Orders values for sorting: numbers by size, everything else by its text, and what is missing last.</summary>
internal sealed class ValueOrder(StringComparer texts) : IComparer<FluidValue>
{
    public static readonly ValueOrder Natural = new(StringComparer.Ordinal);

    public static readonly ValueOrder IgnoringCase = new(StringComparer.OrdinalIgnoreCase);

    public int Compare(FluidValue? x, FluidValue? y)
    {
        var (first, second) = (x ?? NilValue.Instance, y ?? NilValue.Instance);
        if (first.IsNil() || second.IsNil()) return first.IsNil().CompareTo(second.IsNil());
        if (first is NumberValue && second is NumberValue && ReferenceEquals(this, Natural)) return first.ToNumberValue().CompareTo(second.ToNumberValue());
        return texts.Compare(first.ToStringValue(), second.ToStringValue());
    }
}
