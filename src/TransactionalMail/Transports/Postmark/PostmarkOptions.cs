using TransactionalMail.Transports.Http;

namespace TransactionalMail.Transports.Postmark;

/// <summary>The settings of one Postmark transport.</summary>
public sealed class PostmarkOptions : HttpMailOptions
{
    /// <summary>Gets or sets the server API token.</summary>
    public string? Token { get; set; }

    /// <summary>Gets or sets the message stream in Postmark.</summary>
    /// <value>The default is <see langword="null"/>: the server's own, <c>outbound</c>.</value>
    /// <remarks>A mail may name another: <c>ProviderOptions["postmark:MessageStream"]</c>.</remarks>
    public string? Stream { get; set; }

    /// <summary>Gets or sets whether Postmark only checks mail and sends none.</summary>
    /// <value>The default is <see langword="false"/>. <see cref="Token"/> is not needed then.</value>
    public bool Sandbox { get; set; }

    /// <summary>Returns stream and address, never the token.</summary>
    public override string ToString() => $"PostmarkOptions {{ Stream: {Stream ?? "default"}, BaseAddress: {BaseAddress?.Host ?? "default"} }}";
}
