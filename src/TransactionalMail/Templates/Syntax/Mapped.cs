using System.Runtime.CompilerServices;
using Parlot;
using Parlot.Fluent;

namespace TransactionalMail.Templates.Syntax;

/// <summary>Hands what a parser found, and where, to a function that makes our own node of it.</summary>
internal sealed class Mapped<T>(Parser<T> inner, Func<T, TemplateLocation, T> map) : Parser<T>
{
    public override bool Parse(ParseContext context, ref ParseResult<T> result)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var source = (LiquidSource)context;
        var start = source.SkipWhiteSpace(context.Scanner.Cursor.Offset);
        if (!inner.Parse(context, ref result)) return false;

        result.Set(result.Start, result.End, map(result.Value, source.LocationOf(start)));
        return true;
    }
}
