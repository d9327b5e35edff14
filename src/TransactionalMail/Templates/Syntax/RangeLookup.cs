using System.Collections;
using Fluid;
using Fluid.Ast;
using Fluid.Values;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>(1..5)</c>: its size is checked before it exists, and its items are made when asked for.</summary>
internal sealed class RangeLookup(Expression from, Expression to) : Expression
{
    public override ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
    {
        var rendering = (RenderContext)context;
        var start = ToInteger(from.Evaluate(rendering));
        var count = Math.Max(0, ToInteger(to.Evaluate(rendering)) - start + 1);
        rendering.Budget.CheckCollection(count);
        return new ArrayValue(new Items(start, (int)count));
    }

    private static long ToInteger(FluidValue value) => (long)Math.Clamp(value.ToNumberValue(), int.MinValue, int.MaxValue);

    private sealed class Items(long start, int count) : IReadOnlyList<FluidValue>
    {
        public int Count => count;

        public FluidValue this[int index] => NumberValue.Create(start + index);

        public IEnumerator<FluidValue> GetEnumerator()
        {
            for (var i = 0; i < count; i++) yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
