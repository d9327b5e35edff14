using Fluid.Ast;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{% renderbody %}</c>: where a layout puts the template it wraps.</summary>
internal sealed class RenderBodyNode(TemplateLocation location) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        if (context.Layout.Body is not { } body) throw new TemplateFault("this template is no layout. Name it in the {% layout %} tag of another one.");
        writer.WriteValue(body);
        context.Layout.BodyWritten = true;
        return Completion.Normal;
    }
}
