using System.Globalization;
using System.Runtime.CompilerServices;
using Fluid;
using Fluid.Ast;
using Fluid.Values;
using TransactionalMail.Templates.Values;

namespace TransactionalMail.Templates.Syntax;

/// <summary><c>order.items[0].name</c>. What the model lacks is an error; what is <see langword="null"/> in it stays so.</summary>
internal sealed class MemberLookup : Expression
{
    private readonly TemplateLocation _location;
    private readonly string _root;
    private readonly MemberSegment[] _path;

    public MemberLookup(TemplateLocation location, MemberExpression expression)
    {
        _location = location;
        _root = ((IdentifierSegment)expression.Segments[0]).Identifier;
        _path = [.. expression.Segments.Skip(1)];
    }

    /// <summary>The variable's name where no path follows it.</summary>
    public string? Name => _path.Length == 0 ? _root : null;

    /// <summary>The lookup as written, as far as it is known before rendering.</summary>
    public string Source => _root + string.Concat(_path.Select(segment => segment is IdentifierSegment member ? "." + member.Identifier : "[]"));

    public override ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
    {
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            return Find((RenderContext)context);
        }
        catch (Exception exception) when (TemplateLocation.IsUnplaced(exception))
        {
            throw _location.Place(exception, $"`{_root}`");
        }
    }

    private FluidValue Find(RenderContext context)
    {
        if (!context.TryGetVariable(_root, out var value)) throw UnknownVariable(context);

        foreach (var segment in _path)
        {
            if (value.IsNil()) return NilValue.Instance;

            value = segment is IdentifierSegment named
                ? Member(value, named.Identifier, context) ?? throw UnknownMember($"`{named.Identifier}`")
                : Item(value, ((IndexerSegment)segment).Expression, context);
        }

        context.Budget.Use(value);
        return value;
    }

    private FluidValue Item(FluidValue value, Expression key, RenderContext context)
    {
        var index = key.Evaluate(context);
        if (index.IsNil()) return NilValue.Instance;
        if (value is ArrayValue array && index.Type is FluidValues.Number) return At(array, (int)Math.Clamp(index.ToNumberValue(), int.MinValue, int.MaxValue));

        // A key from the model is content, so only one that the template itself spells out is named.
        return Member(value, index.ToStringValue(), context)
            ?? throw UnknownMember(key is Constant ? $"`{index.ToStringValue()}`" : "member of the name in brackets");
    }

    private static FluidValue? Member(FluidValue value, string name, RenderContext context) => value switch
    {
        IMembers members => members.TryGetMember(name, out var member) ? member : null,
        ArrayValue array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) => At(array, index),
        ArrayValue when name is "size" or "first" or "last" => value.GetValueAsync(name, context).Take(),
        _ when value.Type is FluidValues.String && name is "size" => NumberValue.Create(value.ToStringValue().Length),
        _ => null,
    };

    private static FluidValue At(ArrayValue array, int index)
    {
        if (index < 0) index += array.Values.Count;
        return index >= 0 && index < array.Values.Count ? array.Values[index] : NilValue.Instance;
    }

    private EmailTemplateException UnknownVariable(RenderContext context) => _location.Error(context.IsIsolated
        ? $"there is no variable `{_root}`. A partial called with {{% render %}} sees its arguments only: pass it there, or use {{% include %}}."
        : $"there is no variable `{_root}`. Add it to the model (null is fine), or correct the name.");

    private EmailTemplateException UnknownMember(string name) =>
        _location.Error($"there is no {name} in `{Source}`. Add it to the model (null is fine), or correct the name.");
}
