namespace TransactionalMail;

/// <summary>A template that is missing, does not parse, asks for something its model lacks, or exceeds its limits.</summary>
public sealed class EmailTemplateException : MailException
{
    /// <summary>Initialises the exception.</summary>
    /// <param name="templateName">The file at fault, such as <c>welcome.de.html.liquid</c>, or the template's name where no file was found.</param>
    /// <param name="line">The line in that file, counted from 1, or <see langword="null"/> where no single line is at fault.</param>
    /// <param name="problem">What is wrong and what to do, as a sentence without content of the model.</param>
    /// <param name="innerException">The cause, if another exception was one.</param>
    public EmailTemplateException(string templateName, int? line, string problem, Exception? innerException = null)
        : base(line is null ? $"Template \"{templateName}\": {problem}" : $"Template \"{templateName}\", line {line}: {problem}", innerException)
    {
        TemplateName = templateName;
        Line = line;
    }

    /// <summary>Gets the file at fault, or the template's name where no file was found.</summary>
    public string TemplateName { get; }

    /// <summary>Gets the line at fault, counted from 1, or <see langword="null"/> where no single line is.</summary>
    public int? Line { get; }
}
