using Fluid.Ast;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary>Text of the template file.</summary>
internal sealed class TextNode(TemplateLocation location, Lazy<string> text) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        writer.WriteTemplate(text.Value);
        return Completion.Normal;
    }
}
