namespace TransactionalMail.Transports;

/// <summary>What a mail may ask of a transport beyond recipients, subject and bodies.</summary>
[Flags]
public enum MailFeatures
{
    /// <summary>Nothing more.</summary>
    None = 0,

    /// <summary>A bounce address other than the author's (<see cref="EmailMessage.EnvelopeSender"/>).</summary>
    EnvelopeSender = 1 << 0,

    /// <summary>Additional header fields (<see cref="EmailMessage.Headers"/>).</summary>
    Headers = 1 << 1,

    /// <summary>Files to download (<see cref="EmailMessage.Attachments"/>).</summary>
    Attachments = 1 << 2,

    /// <summary>Images shown by content id (<see cref="EmailAttachment.ContentId"/>).</summary>
    InlineAttachments = 1 << 3,

    /// <summary>A label (<see cref="EmailMessage.Tags"/>).</summary>
    Tags = 1 << 4,

    /// <summary>Data that comes back with events (<see cref="EmailMessage.Metadata"/>).</summary>
    Metadata = 1 << 5,

    /// <summary>Reports of openings (<see cref="EmailMessage.TrackOpens"/>).</summary>
    OpenTracking = 1 << 6,

    /// <summary>Reports of followed links (<see cref="EmailMessage.TrackClicks"/>).</summary>
    ClickTracking = 1 << 7,

    /// <summary>More than one label.</summary>
    SeveralTags = 1 << 8,

    /// <summary>Everything that MIME itself can express.</summary>
    Mime = EnvelopeSender | Headers | Attachments | InlineAttachments | Tags | SeveralTags | Metadata,
}
