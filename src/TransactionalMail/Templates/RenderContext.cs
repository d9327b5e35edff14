using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Fluid;
using Fluid.Values;
using TransactionalMail.Templates.Filters;
using TransactionalMail.Templates.Values;

namespace TransactionalMail.Templates;

/// <summary>The state of one rendering of one part: variables, limits, and where partials come from.</summary>
/// <remarks>
/// Variables resolve from the inside out: loop variables and arguments, then assigned and captured ones, then the model.
/// A partial called with <c>render</c> gets a context of its own, which sees its arguments only.
/// </remarks>
internal sealed class RenderContext : TemplateContext
{
    private readonly JsonObject? _model;
    private readonly Dictionary<string, FluidValue> _assigned = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, FluidValue>> _locals = [];
    private readonly Dictionary<string, NumberFormatInfo> _currencies = new(StringComparer.Ordinal);

    public RenderContext(TemplateOptions options, JsonObject? model, TemplateSnapshot templates, TemplatePart part, RenderBudget budget, DateTimeOffset now)
        : base(options)
    {
        _model = model;
        Templates = templates;
        Part = part;
        Budget = budget;
        CultureInfo = templates.Culture;
        StartedAt = now;
        Now = () => now;
    }

    public TemplateSnapshot Templates { get; }

    public TemplatePart Part { get; }

    public RenderBudget Budget { get; }

    public DateTimeOffset StartedAt { get; }

    /// <summary>How many partials deep the rendering is.</summary>
    public int Depth { get; set; }

    /// <summary>Whether this context sees arguments only.</summary>
    public bool IsIsolated => _model is null;

    /// <summary>What the layout under way wraps, and what it may pick out of it.</summary>
    public LayoutState Layout { get; } = new();

    /// <summary>What the last <c>ifchanged</c> block wrote.</summary>
    public FluidValue LastChanged { get; set; } = NilValue.Instance;

    /// <summary>State that tags keep from one execution to the next.</summary>
    public Dictionary<string, int> Counters { get; } = new(StringComparer.Ordinal);

    public bool TryGetVariable(string name, [NotNullWhen(true)] out FluidValue? value)
    {
        for (var i = _locals.Count - 1; i >= 0; i--)
        {
            if (!string.Equals(_locals[i].Key, name, StringComparison.Ordinal)) continue;
            value = _locals[i].Value;
            return true;
        }

        if (_assigned.TryGetValue(name, out value)) return true;
        return _model is not null && _model.TryGetMember(name, out value);
    }

    public void Assign(string name, FluidValue value) => _assigned[name] = value;

    public void Push(string name, FluidValue value) => _locals.Add(new(name, value));

    public void Pop(int count) => _locals.RemoveRange(_locals.Count - count, count);

    /// <summary>Gets how the culture writes a currency; made once per rendering, for tables repeat it.</summary>
    public NumberFormatInfo CurrencyFormat(string code)
    {
        if (!_currencies.TryGetValue(code, out var format)) _currencies[code] = format = Currency.FormatOf(code, CultureInfo);
        return format;
    }

    public RenderContext Isolated() => new(Options, null, Templates, Part, Budget, StartedAt) { Depth = Depth };

}
