using Fluid;
using Fluid.Values;

namespace TransactionalMail.Templates.Filters;

/// <summary>Reads arguments of filters.</summary>
internal static class FilterArgumentReading
{
    public static string Text(this FilterArguments arguments, int index) => arguments.At(index).ToStringValue();

    public static int? Integer(this FilterArguments arguments, int index) =>
        arguments.At(index).IsNil() ? null : (int)Math.Clamp(arguments.At(index).ToNumberValue(), int.MinValue, int.MaxValue);

    public static RenderBudget Budget(this TemplateContext context) => ((RenderContext)context).Budget;
}
