using Fluid.Ast;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{% ifchanged %}…{% endifchanged %}</c>: writes the block when it differs from the last one.</summary>
internal sealed class IfChangedNode(TemplateLocation location, IfChangedStatement tag) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        var block = writer.Nested();
        var completion = RenderAll(tag.Statements, block, context);
        var value = block.ToValue();
        if (value.Equals(context.LastChanged)) return completion;

        context.LastChanged = value;
        writer.WriteValue(value);
        return completion;
    }
}
