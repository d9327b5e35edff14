using Fluid.Ast;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{% capture name %}…{% endcapture %}</c></summary>
internal sealed class CaptureNode(TemplateLocation location, CaptureStatement tag) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        var captured = writer.Nested();
        var completion = RenderAll(tag.Statements, captured, context);
        context.Assign(tag.Identifier, captured.ToValue());
        return completion;
    }
}
