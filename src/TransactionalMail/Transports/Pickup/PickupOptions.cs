namespace TransactionalMail.Transports.Pickup;

/// <summary>The settings of one pickup transport.</summary>
public sealed class PickupOptions
{
    /// <summary>Gets or sets the folder to write to; it is created where it is missing. Relative paths start at the current directory.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Gets or sets whether the envelope stands before the mail, as <c>X-Sender</c> and <c>X-Receiver</c> lines that a pickup service removes.</summary>
    /// <value>The default is <see langword="false"/>: the file is just the mail.</value>
    /// <remarks>These lines name Bcc recipients, so set it only where a service reads the folder.</remarks>
    public bool WriteEnvelope { get; set; }
}
