using Fluid.Ast;
using Fluid.Values;

namespace TransactionalMail.Templates.Syntax;

/// <summary>Evaluates expressions, which complete at once.</summary>
internal static class Evaluation
{
    public static FluidValue Evaluate(this Expression expression, RenderContext context) =>
        expression.EvaluateAsync(context).Take();

    /// <summary>Gets a whole number, cut towards zero; <see langword="null"/> stays so.</summary>
    public static int? EvaluateInteger(this Expression expression, RenderContext context, string what)
    {
        var value = expression.Evaluate(context);
        if (value.IsNil()) return null;
        if (value.Type is not (FluidValues.Number or FluidValues.String) || (value.Type is FluidValues.String && !value.IsInteger()))
            throw new TemplateFault($"{what} must be a whole number.");

        return (int)Math.Clamp(value.ToNumberValue(), int.MinValue, int.MaxValue);
    }

    /// <summary>Gets what a loop goes through.</summary>
    public static IReadOnlyList<FluidValue> EvaluateItems(this Expression expression, RenderContext context) => expression.Evaluate(context) switch
    {
        ArrayValue array => array.Values,
        var value when value.Type is FluidValues.String && value.ToStringValue().Length == 0 => [],
        var value => [.. value.Enumerate(context)],
    };
}
