using Fluid;
using Fluid.Ast;
using Fluid.Values;

namespace TransactionalMail.Templates.Syntax;

/// <summary>One filter of a chain with its arguments.</summary>
internal sealed class FilterCall(string name, FilterDelegate filter, IReadOnlyList<FilterArgument> arguments)
{
    private const int CharactersPerStep = 16;

    // Fluid counts named arguments among the others, so those come last.
    private readonly FilterArgument[] _arguments = [.. arguments.OrderBy(argument => argument.Name is not null)];

    public string Name => name;

    /// <summary>Whether the filter hands its input on unchanged, so that markup stays markup.</summary>
    public bool TakesMarkup => name is "default";

    public FluidValue Apply(FluidValue input, RenderContext context)
    {
        context.Budget.Step(1 + Weight(input));
        var values = new FilterArguments();
        foreach (var argument in _arguments) values.Add(argument.Name, argument.Expression.Evaluate(context));

        var result = filter(input, values, context).Take();
        if (result is ArrayValue array) context.Budget.CheckCollection(array.Values.Count);
        else if (result.Type is FluidValues.String) context.Budget.CheckString(result.ToStringValue().Length);
        return result;
    }

    private static int Weight(FluidValue input) => input switch
    {
        ArrayValue array => array.Values.Count,
        StringValue => input.ToStringValue().Length / CharactersPerStep,
        _ => 0,
    };
}
