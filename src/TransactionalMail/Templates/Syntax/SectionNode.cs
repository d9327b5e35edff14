using Fluid.Ast;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{% section name %}…{% endsection %}</c>: a part of the template for another place of the layout than its body.</summary>
internal sealed class SectionNode(TemplateLocation location, string name, IReadOnlyList<Statement> statements) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        var section = writer.Nested();
        var completion = RenderAll(statements, section, context);
        context.Layout.Sections[name] = section.ToValue();
        return completion;
    }
}
