using Fluid.Ast;
using Fluid.Values;
using TransactionalMail.Templates.Output;
using TransactionalMail.Templates.Values;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>{% render 'partial' %}</c>, which sees its arguments only, and <c>{% include 'partial' %}</c>, which sees everything.</summary>
internal sealed class PartialNode : Node
{
    private readonly Expression _name;
    private readonly Expression? _with;
    private readonly Expression? _for;
    private readonly string? _alias;
    private readonly IReadOnlyList<AssignStatement> _arguments;
    private readonly bool _isIsolated;

    public PartialNode(TemplateLocation location, RenderStatement tag)
        : base(location)
    {
        _name = new Constant(new StringValue(tag.Path));
        (_with, _for, _alias, _arguments, _isIsolated) = (tag.With, tag.For, tag.Alias, tag.AssignStatements, true);
    }

    public PartialNode(TemplateLocation location, IncludeStatement tag)
        : base(location)
    {
        _name = tag.Path;
        (_with, _for, _alias, _arguments) = (tag.With, tag.For, tag.Alias, tag.AssignStatements);
    }

    protected override Completion Render(TemplateWriter writer, RenderContext context)
    {
        var name = _name.Evaluate(context).ToStringValue();
        var template = context.Templates.Find(name, _name is Constant, context.Part, Location);
        var variable = _alias ?? name[(name.LastIndexOf('/') + 1)..];
        var arguments = _arguments.Select(argument => KeyValuePair.Create(argument.Identifier, argument.Value.Evaluate(context))).ToList();
        var target = _isIsolated ? context.Isolated() : context;

        target.Depth++;
        target.Budget.CheckDepth(target.Depth);
        try
        {
            if (_for?.Evaluate(context) is not { } items) return Render(template, arguments, _with?.Evaluate(context));
            return RenderEach(items is ArrayValue array ? array.Values : [items]);
        }
        finally
        {
            target.Depth--;
        }

        Completion RenderEach(IReadOnlyList<FluidValue> items)
        {
            var loop = new LoopValue(variable, items.Count, parent: null);
            arguments.Add(new("forloop", loop));
            for (; loop.Index < items.Count; loop.Index++)
            {
                context.Budget.Step();
                if (Render(template, arguments, items[loop.Index]) is Completion.Break) break;
            }

            return Completion.Normal;
        }

        Completion Render(ParsedTemplate partial, List<KeyValuePair<string, FluidValue>> locals, FluidValue? item)
        {
            foreach (var (key, value) in locals) target.Push(key, value);
            if (item is not null) target.Push(variable, item);
            var completion = RenderAll(partial.Statements, writer, target);
            target.Pop(locals.Count + (item is null ? 0 : 1));
            return _isIsolated ? Completion.Normal : completion;
        }
    }
}
