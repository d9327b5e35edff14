using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace TransactionalMail;

/// <summary>A template together with the data and the culture to render it with. Immutable and thread-safe.</summary>
/// <remarks>The model is read when this object is made; later changes to it have no effect.</remarks>
public sealed class EmailTemplate
{
    private static readonly JsonSerializerOptions s_reflection = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>Initialises a template from a model that is JSON already.</summary>
    /// <param name="name">The name of the template's files up to the culture: <c>welcome</c>, or <c>account/welcome</c> in a folder.</param>
    /// <param name="model">A JSON object whose properties become the template's variables.</param>
    /// <param name="culture">Chooses the template's language and formats numbers, dates and money; <see langword="null"/> means the neutral files and the invariant culture.</param>
    /// <exception cref="ArgumentException"><paramref name="model"/> is not a JSON object.</exception>
    public EmailTemplate(string name, JsonElement model, CultureInfo? culture = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (model.ValueKind is not JsonValueKind.Object)
        {
            throw new ArgumentException($"The model of template \"{name}\" must be a JSON object, not {model.ValueKind}: its properties are the template's variables.", nameof(model));
        }

        Name = name;
        Model = model.Clone();
        Culture = culture ?? CultureInfo.InvariantCulture;
    }

    /// <summary>Gets the name of the template's files, without culture, part and extension.</summary>
    public string Name { get; }

    /// <summary>Gets the model, a JSON object.</summary>
    public JsonElement Model { get; }

    /// <summary>Gets the culture to render for.</summary>
    /// <value>The default is <see cref="CultureInfo.InvariantCulture"/>.</value>
    public CultureInfo Culture { get; }

    /// <summary>Makes a template from any object, an anonymous one for instance. Properties get <c>snake_case</c> names.</summary>
    /// <param name="name">The name of the template.</param>
    /// <param name="model">The object whose properties become the template's variables.</param>
    /// <param name="culture">The culture to render for; <see langword="null"/> means the invariant culture.</param>
    /// <remarks>Prefer <see cref="TemplateId{TModel}"/>: it is checked by the compiler and works in trimmed and native AOT applications.</remarks>
    [RequiresUnreferencedCode("Reads the model by reflection. Use TemplateId<TModel> with a JsonTypeInfo<TModel> in trimmed applications.")]
    [RequiresDynamicCode("Reads the model by reflection. Use TemplateId<TModel> with a JsonTypeInfo<TModel> in native AOT applications.")]
    public static EmailTemplate Create(string name, object model, CultureInfo? culture = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new EmailTemplate(name, JsonSerializer.SerializeToElement(model, model.GetType(), s_reflection), culture);
    }

    /// <summary>Returns the name and culture, never the model.</summary>
    public override string ToString() => Culture.Name.Length == 0 ? Name : $"{Name} ({Culture.Name})";
}
