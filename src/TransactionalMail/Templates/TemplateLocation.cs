namespace TransactionalMail.Templates;

/// <summary>A line of a template file.</summary>
internal sealed record TemplateLocation(string File, int Line)
{
    public EmailTemplateException Error(string problem, Exception? cause = null) => new(File, Line, problem, cause);

    /// <summary>Whether an exception still lacks the place it came from.</summary>
    public static bool IsUnplaced(Exception exception) => exception is not (EmailTemplateException or OperationCanceledException);

    /// <summary>Places an exception. Foreign messages may quote the model, so only their type is told.</summary>
    public EmailTemplateException Place(Exception exception, string what = "this") => exception switch
    {
        TemplateFault fault => Error(fault.Message),
        InsufficientExecutionStackException => Error("the template nests too deeply. Split it into partials, or nest its tags less."),
        _ => Error($"{what} cannot be evaluated with this model ({exception.GetType().Name})."),
    };
}
