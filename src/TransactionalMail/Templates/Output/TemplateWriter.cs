using System.Globalization;
using System.Text;
using Fluid.Values;
using TransactionalMail.Templates.Values;

namespace TransactionalMail.Templates.Output;

/// <summary>Receives a rendering and tells apart what the template's author wrote from what came out of an expression.</summary>
/// <remarks>
/// Only <see cref="WriteTemplate"/> takes text as it is. Everything else, whichever tag or filter wrote it, is data:
/// so no expression can leak markup, by construction rather than by care.
/// </remarks>
internal abstract class TemplateWriter(RenderBudget budget, CultureInfo culture) : TextWriter(culture)
{
    public override Encoding Encoding => Encoding.Unicode;

    protected RenderBudget Budget { get; } = budget;

    protected CultureInfo Culture { get; } = culture;

    /// <summary>Writes text of the template file.</summary>
    public abstract void WriteTemplate(string text);

    /// <summary>Writes the result of an expression.</summary>
    public virtual void WriteValue(FluidValue value) => WriteData(ValueText.Of(value, Culture));

    /// <summary>Makes a writer for a captured block.</summary>
    public abstract TemplateWriter Nested();

    /// <summary>Gets what was written as a value.</summary>
    public abstract FluidValue ToValue();

    public abstract override string ToString();

    public sealed override void Write(char value) => WriteData(value.ToString());

    public sealed override void Write(string? value) => WriteData(value ?? "");

    public sealed override void Write(ReadOnlySpan<char> buffer) => WriteData(buffer.ToString());

    public sealed override void Write(char[] buffer, int index, int count) => WriteData(new string(buffer, index, count));

    public sealed override Task WriteAsync(char value) => Now(value.ToString());

    public sealed override Task WriteAsync(string? value) => Now(value ?? "");

    public sealed override Task WriteAsync(char[] buffer, int index, int count) => Now(new string(buffer, index, count));

    public sealed override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) => Now(buffer.ToString());

    public sealed override Task FlushAsync() => Task.CompletedTask;

    protected abstract void WriteData(string text);

    private Task Now(string text)
    {
        WriteData(text);
        return Task.CompletedTask;
    }
}
