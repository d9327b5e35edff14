using Fluid.Ast;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{{ expression }}</c></summary>
internal sealed class OutputNode(TemplateLocation location, Expression expression) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        writer.WriteValue(expression.Evaluate(context));
        return Completion.Normal;
    }
}
