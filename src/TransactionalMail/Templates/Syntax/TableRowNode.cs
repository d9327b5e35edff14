using System.Globalization;
using Fluid.Ast;
using TransactionalMail.Templates.Output;
using TransactionalMail.Templates.Values;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{% tablerow item in items cols: 3 %}…{% endtablerow %}</c></summary>
internal sealed class TableRowNode(TemplateLocation location, TableRowStatement tag, Expression source) : Node(location)
{
    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        var items = source.EvaluateItems(context);
        var start = Math.Clamp(tag.Offset?.EvaluateInteger(context, "offset") ?? 0, 0, items.Count);
        var count = Math.Clamp(tag.Limit?.EvaluateInteger(context, "limit") ?? int.MaxValue, 0, items.Count - start);
        var columns = tag.Cols?.EvaluateInteger(context, "cols") ?? count;

        var loop = new LoopValue("", count, parent: null, columns > 0 ? columns : Math.Max(1, count));
        writer.WriteTemplate("<tr class=\"row1\">\n");
        for (; loop.Index < count; loop.Index++)
        {
            context.Budget.Step();
            if (loop.Index > 0 && loop.Column == 0) writer.WriteTemplate(string.Create(CultureInfo.InvariantCulture, $"</tr>\n<tr class=\"row{loop.Row}\">"));
            writer.WriteTemplate(string.Create(CultureInfo.InvariantCulture, $"<td class=\"col{loop.Column + 1}\">"));

            context.Push("tablerowloop", loop);
            context.Push(tag.Identifier, items[start + loop.Index]);
            var completion = RenderAll(tag.Statements, writer, context);
            context.Pop(2);

            writer.WriteTemplate("</td>");
            if (completion is Completion.Break) break;
        }

        writer.WriteTemplate("</tr>\n");
        return Completion.Normal;
    }
}
