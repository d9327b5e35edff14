using Fluid.Ast;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{% rendersection name %}</c>: where a layout puts a section; nothing if the template has none of that name.</summary>
internal sealed class RenderSectionNode(TemplateLocation location, string name) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        if (context.Layout.Sections.TryGetValue(name, out var section)) writer.WriteValue(section);
        return Completion.Normal;
    }
}
