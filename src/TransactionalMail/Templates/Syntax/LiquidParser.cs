using System.Text.RegularExpressions;
using Fluid;
using Fluid.Ast;
using Parlot.Fluent;
using TransactionalMail.Templates.Filters;
using static Parlot.Fluent.Parsers;

namespace TransactionalMail.Templates.Syntax;

/// <summary>Fluid's grammar with our nodes: strict, bounded, and aware of where they stand. Thread-safe.</summary>
internal sealed partial class LiquidParser : FluidParser
{
    private readonly FilterCollection _filters;

    public LiquidParser(FilterCollection filters)
        : base(new FluidParserOptions { AllowLiquidTag = true })
    {
        _filters = filters;
        Primary.Parser = new Mapped<Expression>(Primary.Parser!, ToNode);
        FilterExpression.Parser = new Mapped<Expression>(FilterExpression.Parser!, ToChain);
        AnyTagsList.Parser = new Mapped<IReadOnlyList<Statement>>(AnyTagsList.Parser!, ToNodes);
        KnownTagsList.Parser = new Mapped<IReadOnlyList<Statement>>(KnownTagsList.Parser!, ToNodes);

        foreach (var (name, tag) in RegisteredTags.ToList()) RegisteredTags[name] = new Mapped<Statement>(tag, ToNode);
        AddTag("layout", Primary.AndSkip(TagEnd), (name, location) => new LayoutNode(location, name));
        AddTag("renderbody", TagEnd, (_, location) => new RenderBodyNode(location));
        AddTag("rendersection", Identifier.AndSkip(TagEnd), (name, location) => new RenderSectionNode(location, name));
        AddTag(
            "section",
            Identifier.AndSkip(TagEnd).And(AnyTagsList).AndSkip(CreateTag("endsection").ElseError("'{% endsection %}' was expected")),
            (section, location) => new SectionNode(location, section.Item1, section.Item2));
    }

    /// <exception cref="EmailTemplateException">The text is not Liquid, or uses an unknown tag or filter.</exception>
    public IReadOnlyList<Statement> Parse(string file, string text)
    {
        var source = new LiquidSource(file, text);
        try
        {
            if (!Grammar.TryParse(source, out var statements, out var error) || error is not null)
                throw SyntaxError(source, error?.Position.Offset ?? 0, error?.Message ?? "it cannot be read");

            var end = source.Scanner.Cursor.Offset;
            return end >= text.Length ? statements : throw SyntaxError(source, end, "it cannot be read from here");
        }
        catch (Fluid.ParseException)
        {
            throw SyntaxError(source, source.Scanner.Cursor.Offset, "unexpected tag");
        }
        catch (InsufficientExecutionStackException exception)
        {
            throw source.LocationOf(source.Scanner.Cursor.Offset).Place(exception);
        }
    }

    private void AddTag<T>(string name, Parser<T> tag, Func<T, TemplateLocation, Node> make) => RegisteredTags[name] = new Mapped<Statement>(
        tag.Then<Statement>(value => new Unplaced(location => make(value, location))).ElseError($"Invalid '{name}' tag"),
        ToNode);

    private static Expression ToNode(Expression expression, TemplateLocation location) => expression switch
    {
        MemberExpression member => new MemberLookup(location, member),
        RangeExpression range => new RangeLookup(ToNode(range.From, location), ToNode(range.To, location)),
        LiteralExpression literal => new Constant(literal.Value),
        _ => expression,
    };

    private FilterChain ToChain(Expression expression, TemplateLocation location)
    {
        var filters = new Stack<FilterCall>();
        for (; expression is FilterExpression filter; expression = filter.Input)
        {
            if (!_filters.TryGetValue(filter.Name, out var function)) throw location.Error(UnknownFilter(filter.Name));
            if (FilterArity.Problem(filter.Name, filter.Parameters.Count) is { } problem) throw location.Error(problem);
            filters.Push(new FilterCall(filter.Name, function, filter.Parameters));
        }

        return new FilterChain(location, expression, [.. filters]);
    }

    private static IReadOnlyList<Statement> ToNodes(IReadOnlyList<Statement> statements, TemplateLocation location)
    {
        if (statements.Count == 0) return [];
        return [.. statements.Select(statement => statement switch
        {
            TextSpanStatement text => ToNode(text, location),
            OutputStatement output => ToNode(output, location),
            _ => statement,
        })];
    }

    private static Node ToNode(Statement statement, TemplateLocation location) => statement switch
    {
        Unplaced unplaced => unplaced.At(location),
        OutputStatement output => new OutputNode(((FilterChain)output.Expression).Location, output.Expression),
        TextSpanStatement text => new TextNode(location, new Lazy<string>(() => Trimmed(text))),
        RawStatement raw when raw.Text.ToString() is var text => new TextNode(location, new Lazy<string>(text)),
        AssignStatement assign => new AssignNode(location, assign),
        CaptureStatement capture => new CaptureNode(location, capture),
        IfChangedStatement changed => new IfChangedNode(location, changed),
        CaseStatement choice => new CaseNode(location, choice),
        CycleStatement cycle => new CycleNode(location, cycle),
        ForStatement loop => ToLoop(loop, location),
        IncrementStatement increment => new CounterNode(location, increment.Identifier, +1),
        DecrementStatement decrement => new CounterNode(location, decrement.Identifier, -1),
        TableRowStatement row => new TableRowNode(location, row, ToNode(row.Source, location)),
        IncludeStatement include => new PartialNode(location, include),
        RenderStatement render => new PartialNode(location, render),
        _ => new TagNode(location, statement),
    };

    private static ForNode ToLoop(ForStatement loop, TemplateLocation location)
    {
        var source = ToNode(loop.Source, location);
        return new ForNode(location, loop, source, $"{loop.Identifier}-{(source as MemberLookup)?.Source ?? "range"}");
    }

    /// <summary>Cuts the white space that <c>{%-</c> and <c>-%}</c> ask for; the parser knows only after the next tag.</summary>
    private static string Trimmed(TextSpanStatement text)
    {
        text.PrepareBuffer(LiquidFilters.Options);
        return text.Buffer;
    }

    private static string UnknownFilter(string name) => name is "raw"
        ? "there is no filter `raw`: values are always encoded. Markup belongs into the template or a partial."
        : $"there is no filter `{name}`.";

    /// <summary>Fluid misses the end tag where an unknown tag stops it; the unknown tag is the better news.</summary>
    private EmailTemplateException SyntaxError(LiquidSource source, int offset, string problem)
    {
        offset = Math.Clamp(offset, 0, source.Text.Length);
        var line = source.Text.AsSpan(0, offset).LastIndexOf("{%");
        foreach (var start in new[] { line, offset })
        {
            if (start < 0 || TagPattern().Match(source.Text, start) is not { Success: true } tag || tag.Index != source.SkipWhiteSpace(start)) continue;
            var name = tag.Groups["tag"].Value;
            if (RegisteredTags.ContainsKey(name)) continue;
            return source.LocationOf(tag.Index).Error(BlockEndPattern().IsMatch(name) ? $"`{{% {name} %}}` has no tag that it belongs to." : $"there is no tag `{name}`.");
        }

        return source.LocationOf(offset).Error($"{problem.TrimEnd('.')}.");
    }

    [GeneratedRegex(@"\{%-?\s*(?<tag>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TagPattern();

    [GeneratedRegex("^(end.*|else|elsif|when)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BlockEndPattern();

    /// <summary>A tag of ours between the grammar, which does not know lines, and the mapping, which does.</summary>
    private sealed class Unplaced(Func<TemplateLocation, Node> at) : Statement
    {
        public Node At(TemplateLocation location) => at(location);

        public override ValueTask<Completion> WriteToAsync(TextWriter writer, System.Text.Encodings.Web.TextEncoder encoder, TemplateContext context) =>
            throw new InvalidOperationException("A parsed tag was not placed.");
    }
}
