using System.Globalization;
using TransactionalMail.Messages;

namespace TransactionalMail.Audit;

/// <summary>Hashes events, field by field.</summary>
internal static class EventHash
{
    public static string OfPersonalData(MailEvent mailEvent, string salt)
    {
        using var hash = new FieldHash();
        hash.Add(salt);
        hash.Add(mailEvent.Recipient?.Address);
        hash.Add(mailEvent.Recipient?.DisplayName);
        hash.Add(mailEvent.Metadata);
        hash.Add((mailEvent as MailClicked)?.Url);
        hash.Add(mailEvent switch
        {
            MailBounced bounced => bounced.Diagnostic,
            MailDeferred deferred => deferred.Diagnostic,
            MailFailed failed => failed.Diagnostic,
            _ => null,
        });
        return hash.Finish();
    }

    /// <summary>Hashes everything but the personal data, which <see cref="AuditRecord.PersonalHash"/> stands for.</summary>
    public static string OfRecord(AuditRecord record, string previousHash)
    {
        var mailEvent = record.Event;
        using var hash = new FieldHash();
        hash.Add(previousHash);
        hash.Add(record.Number);
        hash.Add(record.PersonalHash);
        hash.Add(mailEvent.GetType().Name);
        hash.Add(mailEvent.EventId.ToString());
        hash.Add(mailEvent.MailId.ToString());
        hash.Add(mailEvent.StreamName);
        hash.Add(mailEvent.TemplateName);
        hash.Add(mailEvent.TransportName);
        hash.Add(mailEvent.ProviderMessageId);
        hash.Add(mailEvent.OccurredAt.UtcTicks);
        hash.Add(mailEvent.Attempt);
        hash.Add(mailEvent.Tags);
        AddOwn(hash, mailEvent);
        return hash.Finish();
    }

    /// <summary>Adds what only this kind of event has. Names, not numbers, of what is enumerated: those may move.</summary>
    private static void AddOwn(FieldHash hash, MailEvent mailEvent)
    {
        switch (mailEvent)
        {
            case MailBounced bounced:
                hash.Add(bounced.BounceKind.ToString());
                hash.Add(bounced.SmtpCode?.ToString(CultureInfo.InvariantCulture));
                hash.Add(bounced.EnhancedCode);
                break;
            case MailDeferred deferred:
                hash.Add(deferred.Failure?.ToString());
                hash.Add(deferred.SmtpCode?.ToString(CultureInfo.InvariantCulture));
                hash.Add(deferred.EnhancedCode);
                break;
            case MailFailed failed:
                hash.Add(failed.Failure?.ToString());
                hash.Add(failed.ProviderCode);
                hash.Add(failed.EnhancedCode);
                hash.Add(failed.MayHaveBeenAccepted ? 1 : 0);
                break;
            case MailOpened opened:
                hash.Add(opened.IsMachine ? 1 : 0);
                break;
            case MailSuppressed suppressed:
                hash.Add(suppressed.Reason?.ToString());
                break;
            case MailUnknownEvent unknown:
                hash.Add(unknown.Name);
                break;
        }
    }
}
