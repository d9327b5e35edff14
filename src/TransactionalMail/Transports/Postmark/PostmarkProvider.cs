using Microsoft.Extensions.Configuration;

namespace TransactionalMail.Transports.Postmark;

/// <summary>Postmark: <c>postmark://TOKEN@default?stream=outbound</c>.</summary>
public sealed class PostmarkProvider : MailProvider<PostmarkOptions>
{
    /// <inheritdoc/>
    public override string Scheme => "postmark";

    /// <inheritdoc/>
    public override void Configure(PostmarkOptions options, MailDsn dsn)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dsn);
        options.Token = dsn.UserName ?? options.Token;
        options.BaseAddress = dsn.BaseAddress ?? options.BaseAddress;
    }

    /// <inheritdoc/>
    public override void Configure(PostmarkOptions options, IConfiguration configuration) => configuration.Bind(options);

    /// <inheritdoc/>
    public override IEnumerable<string> Validate(PostmarkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.Token) && !options.Sandbox) yield return "Token is missing. Set it to the API token of the server in Postmark, or Sandbox to send nothing.";
        if (options.Token is { } token && token.Any(static c => c is <= ' ' or > '~')) yield return "Token holds a space, a line break or a character that is not ASCII. Copy it again.";
        if (options.Stream is { } stream && (stream.Length == 0 || stream.Any(char.IsControl))) yield return "Stream is empty or holds a control character.";
        foreach (var fault in options.FindFaults()) yield return fault;
    }

    /// <inheritdoc/>
    public override IMailTransport CreateTransport(PostmarkOptions options, MailTransportContext context) => new PostmarkTransport(options, context);
}
