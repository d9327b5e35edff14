using Fluid.Ast;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{% assign name = expression %}</c></summary>
internal sealed class AssignNode(TemplateLocation location, AssignStatement tag) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        context.Assign(tag.Identifier, tag.Value.Evaluate(context));
        return Completion.Normal;
    }
}
