using Fluid;
using Fluid.Values;

namespace TransactionalMail.Templates.Filters;

/// <summary>Filters of arrays, checked before they grow, that work on the model's objects.</summary>
internal static class ArrayFilters
{
    public static void AddTo(FilterCollection filters)
    {
        filters.AddFilter("join", Join);
    }

    private static ValueTask<FluidValue> Join(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        if (input is not ArrayValue array) return input;
        var separator = arguments.At(0).IsNil() ? " " : arguments.Text(0);
        var texts = array.Values.Select(value => Values.ValueText.Of(value, context.CultureInfo)).ToList();
        context.Budget().CheckString(texts.Sum(text => (long)text.Length) + ((long)separator.Length * texts.Count));
        return new StringValue(string.Join(separator, texts));
    }
}
