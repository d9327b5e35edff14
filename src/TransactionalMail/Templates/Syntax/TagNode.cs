using Fluid;
using Fluid.Ast;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary>A tag as Fluid renders it.</summary>
internal sealed class TagNode(TemplateLocation location, Statement statement) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context) =>
        statement.WriteToAsync(writer, NullEncoder.Default, context).Take();
}
