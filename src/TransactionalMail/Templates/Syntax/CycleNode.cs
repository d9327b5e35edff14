using Fluid.Ast;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{% cycle 'a', 'b' %}</c>: cycles of the same name, or without a name of the same values, go on together.</summary>
internal sealed class CycleNode(TemplateLocation location, CycleStatement tag) : Node(location)
{
    private readonly string _written = string.Join(", ", tag.Values.Select(value => (value as MemberLookup)?.Source ?? (value as Constant)?.Source));

    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        var group = tag.Group is { } name
            ? "cycle name " + name.Evaluate(context).ToStringValue()
            : "cycle values " + _written;

        context.Counters.TryGetValue(group, out var round);
        context.Counters[group] = round + 1;
        writer.WriteValue(tag.Values[round % tag.Values.Count].Evaluate(context));
        return Completion.Normal;
    }
}
