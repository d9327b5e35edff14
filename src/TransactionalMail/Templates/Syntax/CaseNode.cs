using Fluid.Ast;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{% case %}</c>. Fluid's own loses a <c>break</c> inside.</summary>
internal sealed class CaseNode(TemplateLocation location, CaseStatement tag) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        var value = tag.Expression.Evaluate(context);
        var matched = false;
        foreach (var when in tag.Whens)
        {
            foreach (var option in when.Options)
            {
                if (!value.Equals(option.Evaluate(context))) continue;
                matched = true;
                var completion = RenderAll(when.Statements, writer, context);
                if (completion is not Completion.Normal) return completion;
            }
        }

        return matched || tag.Else is null ? Completion.Normal : RenderAll(tag.Else.Statements, writer, context);
    }
}
