using Fluid;
using Fluid.Ast;
using Fluid.Values;
using TransactionalMail.Templates.Values;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>value | filter: argument | …</c>, also without any filter.</summary>
internal sealed class FilterChain(TemplateLocation location, Expression input, FilterCall[] filters) : Expression
{
    public TemplateLocation Location { get; } = location;

    public override ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
    {
        var rendering = (RenderContext)context;
        var value = input.Evaluate(rendering);
        foreach (var filter in filters)
        {
            try
            {
                value = filter.Apply(value is Markup markup && !filter.TakesMarkup ? markup.Text : value, rendering);
            }
            catch (Exception exception) when (TemplateLocation.IsUnplaced(exception))
            {
                throw Location.Place(exception, $"the filter `{filter.Name}`");
            }
        }

        return value;
    }
}
