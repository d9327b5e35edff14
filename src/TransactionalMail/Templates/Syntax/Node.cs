using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using Fluid;
using Fluid.Ast;
using TransactionalMail.Templates.Output;

namespace TransactionalMail.Templates.Syntax;

/// <summary>A tag or output of ours: it counts as a step and says where it stands when it fails.</summary>
/// <remarks>Rendering never waits: files are read before, and everything below completes at once.</remarks>
internal abstract class Node(TemplateLocation location) : Statement
{
    protected TemplateLocation Location { get; } = location;

    public sealed override ValueTask<Completion> WriteToAsync(TextWriter writer, TextEncoder encoder, TemplateContext context)
    {
        var rendering = (RenderContext)context;
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            rendering.Budget.Step();
            return new(Render((TemplateWriter)writer, rendering));
        }
        catch (Exception exception) when (TemplateLocation.IsUnplaced(exception))
        {
            throw Location.Place(exception, "this tag");
        }
    }

    /// <summary>Renders statements up to the first <c>break</c> or <c>continue</c>.</summary>
    public static Completion RenderAll(IReadOnlyList<Statement> statements, TemplateWriter writer, RenderContext context)
    {
        for (var i = 0; i < statements.Count; i++)
        {
            var completion = statements[i].WriteToAsync(writer, NullEncoder.Default, context).Take();
            if (completion is not Completion.Normal) return completion;
        }

        return Completion.Normal;
    }

    protected abstract Completion Render(TemplateWriter writer, RenderContext context);
}
