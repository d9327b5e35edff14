using Fluid.Ast;
using Fluid.Values;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{% increment name %}</c> counts 0, 1, 2; <c>{% decrement name %}</c> counts -1, -2, -3.</summary>
internal sealed class CounterNode(TemplateLocation location, string name, int change) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        var before = context.Counters.GetValueOrDefault("counter " + name);
        context.Counters["counter " + name] = before + change;
        writer.WriteValue(NumberValue.Create((decimal)(change > 0 ? before : before + change)));
        return Completion.Normal;
    }
}
