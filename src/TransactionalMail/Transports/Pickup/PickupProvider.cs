using Microsoft.Extensions.Configuration;

namespace TransactionalMail.Transports.Pickup;

/// <summary>A folder that receives each mail as an <c>.eml</c> file: <c>pickup:///var/spool/mail</c>.</summary>
public sealed class PickupProvider : MailProvider<PickupOptions>
{
    /// <inheritdoc/>
    public override string Scheme => "pickup";

    /// <inheritdoc/>
    public override void Configure(PickupOptions options, MailDsn dsn)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dsn);
        options.Folder = dsn.Path;
    }

    /// <inheritdoc/>
    public override void Configure(PickupOptions options, IConfiguration configuration) => configuration.Bind(options);

    /// <inheritdoc/>
    public override IEnumerable<string> Validate(PickupOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.Folder)) yield return "Folder is missing. Set it to the folder to write mail to.";
        else if (options.Folder.Contains('\0', StringComparison.Ordinal)) yield return "Folder contains NUL. Remove it.";
    }

    /// <inheritdoc/>
    public override IMailTransport CreateTransport(PickupOptions options, MailTransportContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        return new PickupTransport(options, context.Name);
    }
}
