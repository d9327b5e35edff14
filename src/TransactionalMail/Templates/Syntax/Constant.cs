using System.Runtime.CompilerServices;
using Fluid;
using Fluid.Ast;
using Fluid.Values;

namespace TransactionalMail.Templates.Syntax;

/// <summary>A literal. Being the leaf that every chain of operators evaluates first, it guards the stack.</summary>
internal sealed class Constant(FluidValue value) : Expression
{
    public string Source => $"'{value.ToStringValue()}'";

    public override ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return value;
    }
}
