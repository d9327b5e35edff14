using Fluid.Ast;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{% layout 'base' %}</c>: wraps the template in another one.</summary>
internal sealed class LayoutNode(TemplateLocation location, Expression name) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        if (context.Depth > 0) throw new TemplateFault("a partial cannot choose the layout. Write {% layout %} in the template itself.");
        context.Layout.Requested = name.Evaluate(context).ToStringValue();
        context.Layout.IsSpelledOut = name is Constant;
        context.Layout.RequestedAt = Location;
        return Completion.Normal;
    }
}
