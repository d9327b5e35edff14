using Microsoft.Extensions.DependencyInjection;

namespace TransactionalMail;

/// <summary>Adds DKIM keys.</summary>
public static class DkimMailBuilderExtensions
{
    /// <summary>Adds a key; mail whose From is in its domain is signed with it, beside other keys of that domain.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="key">Domain, selector and private key.</param>
    public static TransactionalMailBuilder AddDkim(this TransactionalMailBuilder builder, DkimOptions key)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(key);
        builder.Services.PostConfigure<TransactionalMailOptions>(options => options.Dkim.Add(key));
        return builder;
    }
}
