using Fluid.Ast;
using Fluid.Values;
using TransactionalMail.Templates.Output;
using TransactionalMail.Templates.Values;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{% for item in items %}…{% else %}…{% endfor %}</c></summary>
/// <param name="location">Where it stands.</param>
/// <param name="tag">The tag as parsed.</param>
/// <param name="source">What it goes through.</param>
/// <param name="name">Its name in <c>forloop.name</c>, under which <c>offset: continue</c> finds the last round.</param>
internal sealed class ForNode(TemplateLocation location, ForStatement tag, Expression source, string name) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        var items = source.EvaluateItems(context);
        var (start, end) = Slice(items.Count, context);
        context.Counters["for " + name] = end;
        if (start >= end) return tag.Else is null ? Completion.Normal : RenderAll(tag.Else.Statements, writer, context);

        context.TryGetVariable("forloop", out var parent);
        var loop = new LoopValue(name, end - start, parent);
        for (; loop.Index < end - start; loop.Index++)
        {
            context.Budget.Step();
            context.Push("forloop", loop);
            context.Push(tag.Identifier, items[tag.Reversed ? end - 1 - loop.Index : start + loop.Index]);
            var completion = RenderAll(tag.Statements, writer, context);
            context.Pop(2);
            if (completion is Completion.Break) break;
        }

        return Completion.Normal;
    }

    private (int Start, int End) Slice(int count, RenderContext context)
    {
        var start = tag.Offset switch
        {
            null => 0,
            MemberLookup { Name: "continue" } => context.Counters.GetValueOrDefault("for " + name),
            var offset => Math.Max(0, offset.EvaluateInteger(context, "offset") ?? 0),
        };
        start = Math.Min(start, count);
        var limit = tag.Limit?.EvaluateInteger(context, "limit") ?? count;
        return (start, start + Math.Clamp(limit, 0, count - start));
    }
}
