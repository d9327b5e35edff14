using Fluid.Values;

namespace TransactionalMail.Templates.Filters;

/// <summary>What a value sorts by: numbers by size, everything else by its text, and what is missing last.</summary>
/// <remarks>Texts are made once for each value, not for each comparison, which is what bounds the memory that sorting takes.</remarks>
internal readonly record struct SortKey(decimal? Number, string? Text)
{
    public static readonly IComparer<SortKey> Natural = Comparer<SortKey>.Create(static (x, y) =>
        x.Number is { } first && y.Number is { } second ? first.CompareTo(second) : Compare(x, y, StringComparer.Ordinal));

    public static readonly IComparer<SortKey> IgnoringCase = Comparer<SortKey>.Create(static (x, y) => Compare(x, y, StringComparer.OrdinalIgnoreCase));

    public static SortKey Of(FluidValue value) =>
        value.IsNil() ? default : new(value is NumberValue ? value.ToNumberValue() : null, value.ToStringValue());

    private static int Compare(SortKey x, SortKey y, StringComparer texts) =>
        x.Text is null || y.Text is null ? (x.Text is null).CompareTo(y.Text is null) : texts.Compare(x.Text, y.Text);
}
