namespace TransactionalMail.Transports;

/// <summary>Reads off a message which features its transport must have.</summary>
internal static class RequiredFeatures
{
    public static MailFeatures Of(EmailMessage message)
    {
        var features = MailFeatures.None;
        if (message.EnvelopeSender is not null) features |= MailFeatures.EnvelopeSender;
        if (message.Headers.Count > 0) features |= MailFeatures.Headers;
        if (message.Attachments.Any(static a => a.ContentId is null)) features |= MailFeatures.Attachments;
        if (message.Attachments.Any(static a => a.ContentId is not null)) features |= MailFeatures.InlineAttachments;
        if (message.Tags.Count > 0) features |= MailFeatures.Tags;
        if (message.Tags.Count > 1) features |= MailFeatures.SeveralTags;
        if (message.Metadata.Count > 0) features |= MailFeatures.Metadata;
        if (message.TrackOpens is true) features |= MailFeatures.OpenTracking;
        if (message.TrackClicks is true) features |= MailFeatures.ClickTracking;
        return features;
    }
}
