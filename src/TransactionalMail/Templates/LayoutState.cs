using Fluid.Values;

namespace TransactionalMail.Templates;

/// <summary>What a template and the layout around it tell each other.</summary>
internal sealed class LayoutState
{
    /// <summary>The layout that the template under way asked for.</summary>
    public string? Requested { get; set; }

    /// <summary>Whether the template spells its name out, rather than the model.</summary>
    public bool IsSpelledOut { get; set; }

    /// <summary>Where it asked.</summary>
    public TemplateLocation? RequestedAt { get; set; }

    /// <summary>The rendered template that the layout under way wraps.</summary>
    public FluidValue? Body { get; set; }

    public bool BodyWritten { get; set; }

    public Dictionary<string, FluidValue> Sections { get; } = new(StringComparer.Ordinal);
}
