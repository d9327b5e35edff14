using Fluid.Ast;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{% renderbody %}</c>: where a layout puts the template it wraps.</summary>
internal sealed class RenderBodyNode(TemplateLocation location) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        writer.WriteValue(context.Layout.Body ?? throw new TemplateFault("{% renderbody %} stands in a template that is no layout. Name this file in the {% layout %} tag of another one."));
        context.Layout.BodyWritten = true;
        return Completion.Normal;
    }
}
