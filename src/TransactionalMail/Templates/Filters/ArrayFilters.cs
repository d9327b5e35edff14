using Fluid;
using Fluid.Values;
using TransactionalMail.Templates.Values;

namespace TransactionalMail.Templates.Filters;

/// <summary>Filters of arrays, as Ruby's Liquid defines them. A single value counts as an array of one, and arrays in arrays are laid flat.</summary>
internal static class ArrayFilters
{
    // Sorting many items compares each with some fifteen others.
    private const int StepsToPlace = 4;

    private static readonly StringValue s_space = new(" ");

    public static void AddTo(FilterCollection filters)
    {
        filters.AddFilter("join", Join);
        filters.AddFilter("first", (input, _, context) => Ends(input, context).FirstOrDefault(NilValue.Instance));
        filters.AddFilter("last", (input, _, context) => Ends(input, context).LastOrDefault(NilValue.Instance));
        filters.AddFilter("size", Size);
        filters.AddFilter("concat", Concat);
        filters.AddFilter("reverse", (input, _, _) => Array(Items(input).Reverse()));
        filters.AddFilter("compact", (input, arguments, _) => Array(Items(input).Where(item => !Property(item, arguments.At(0)).IsNil())));
        filters.AddFilter("map", (input, arguments, _) => Array(Items(input).Select(item => Property(item, arguments.At(0)))));
        filters.AddFilter("uniq", (input, arguments, _) => Array(Items(input).DistinctBy(item => Key(Property(item, arguments.At(0))), StringComparer.Ordinal)));
        filters.AddFilter("sort", (input, arguments, context) => Sort(input, arguments, SortKey.Natural, context));
        filters.AddFilter("sort_natural", (input, arguments, context) => Sort(input, arguments, SortKey.IgnoringCase, context));
        filters.AddFilter("sum", (input, arguments, _) => NumberValue.Create(Items(input).Sum(item => Numeric.Of(Property(item, arguments.At(0))))));
        filters.AddFilter("where", (input, arguments, _) => Array(Items(input).Where(item => Matches(item, arguments))));
        filters.AddFilter("reject", (input, arguments, _) => Array(Items(input).Where(item => !Matches(item, arguments))));
        filters.AddFilter("find", (input, arguments, _) => Items(input).FirstOrDefault(item => Matches(item, arguments), NilValue.Instance));
        filters.AddFilter("has", (input, arguments, _) => BooleanValue.Create(Items(input).Any(item => Matches(item, arguments))));
        filters.AddFilter("find_index", FindIndex);
    }

    private static ArrayValue Array(IEnumerable<FluidValue> items) => new([.. items]);

    private static IEnumerable<FluidValue> Items(FluidValue input) => input switch
    {
        ArrayValue array => array.Values.SelectMany(item => item is ArrayValue ? Items(item) : [item]),
        _ when input.IsNil() => [],
        _ => [input],
    };

    private static IEnumerable<FluidValue> Ends(FluidValue input, TemplateContext context) => input switch
    {
        ArrayValue array => array.Values,
        JsonObject model => model.Enumerate(context),
        _ => [],
    };

    private static ValueTask<FluidValue> Join(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        var separator = arguments.At(0).Or(s_space).ToStringValue();
        var texts = Items(input).Select(value => ValueText.Of(value, context.CultureInfo)).ToList();
        context.Budget().CheckString(texts.Sum(text => (long)text.Length) + ((long)separator.Length * texts.Count));
        return new StringValue(string.Join(separator, texts));
    }

    private static ValueTask<FluidValue> Size(FluidValue input, FilterArguments arguments, TemplateContext context) => NumberValue.Create(input switch
    {
        ArrayValue array => array.Values.Count,
        JsonObject model => model.ToNumberValue(),
        _ when input.Type is FluidValues.String => input.ToStringValue().Length,
        _ => 0,
    });

    private static ValueTask<FluidValue> Concat(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        if (arguments.At(0) is not ArrayValue more) throw new TemplateFault("`concat` takes an array.");
        return Array(Items(input).Concat(more.Values));
    }

    private static ValueTask<FluidValue> Sort(FluidValue input, FilterArguments arguments, IComparer<SortKey> order, TemplateContext context)
    {
        var items = Items(input).ToList();
        context.Budget().Step(items.Count * StepsToPlace);
        return Array(items.OrderBy(item => SortKey.Of(Property(item, arguments.At(0))), order));
    }

    private static ValueTask<FluidValue> FindIndex(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        var index = Items(input).TakeWhile(item => !Matches(item, arguments)).Count();
        return index < Items(input).Count() ? NumberValue.Create(index) : NilValue.Instance;
    }

    /// <summary>Compares a property with a value or, without one, asks whether it is true.</summary>
    private static bool Matches(FluidValue item, FilterArguments arguments)
    {
        var property = Property(item, arguments.At(0));
        return arguments.At(1).IsNil() ? property.ToBooleanValue() : property.Equals(arguments.At(1));
    }

    /// <summary>Gets a member, of objects that have it; a string has the parts it contains; without a name, the item itself.</summary>
    private static FluidValue Property(FluidValue item, FluidValue name) => item switch
    {
        _ when name.IsNil() => item,
        IMembers members => members.TryGetMember(name.ToStringValue(), out var value) ? value : NilValue.Instance,
        _ when item.Type is FluidValues.String && item.Contains(name) => name,
        _ => NilValue.Instance,
    };

    /// <summary>Tells values of different types apart that read the same.</summary>
    private static string Key(FluidValue value) => $"{value.Type} {value.ToStringValue()}";
}
