using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace TransactionalMail;

/// <summary>The name of a template and the type of its model, declared once and used wherever that mail is sent. Thread-safe.</summary>
/// <typeparam name="TModel">The model; its properties become <c>snake_case</c> variables, and <c>[JsonPropertyName]</c> wins.</typeparam>
/// <remarks>Properties that are <see langword="null"/> are always passed, even where the context ignores them, so that a strict template can test them.</remarks>
public sealed class TemplateId<TModel>
{
    private readonly JsonTypeInfo<TModel> _modelType;

    /// <summary>Declares a template.</summary>
    /// <param name="name">The name of the template's files, such as <c>welcome</c> for <c>welcome.html.liquid</c>.</param>
    /// <param name="modelType">How the model is written as JSON, usually from a source-generated <see cref="JsonSerializerContext"/>.</param>
    public TemplateId(string name, JsonTypeInfo<TModel> modelType)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(modelType);
        Name = name;
        _modelType = SnakeCase(modelType);
    }

    /// <summary>Gets the template's name.</summary>
    public string Name { get; }

    /// <summary>Binds the template to a model.</summary>
    /// <param name="model">The data; it is read before this method returns.</param>
    /// <param name="culture">The culture to render for; <see langword="null"/> means the invariant culture.</param>
    public EmailTemplate With(TModel model, CultureInfo? culture = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new EmailTemplate(Name, JsonSerializer.SerializeToElement(model, _modelType), culture);
    }

    private static JsonTypeInfo<TModel> SnakeCase(JsonTypeInfo<TModel> modelType)
    {
        if (modelType.OriginatingResolver is not { } resolver) return modelType;

        var options = new JsonSerializerOptions(modelType.Options)
        {
            TypeInfoResolver = resolver,
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        };
        return (JsonTypeInfo<TModel>)options.GetTypeInfo(typeof(TModel));
    }
}
