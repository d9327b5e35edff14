using System.Collections.ObjectModel;
using System.Security.Cryptography;

namespace TransactionalMail.Audit;

/// <summary>Makes the records of an audit, each of which vouches for all before it. For authors of <see cref="IMailAudit"/>s; thread-safe.</summary>
/// <remarks>Personal data is hashed apart, with a salt of its own. So it can be erased, salt and all, and the chain still holds.</remarks>
public static class AuditChain
{
    /// <summary>Makes the record of an event that follows <paramref name="seal"/>.</summary>
    public static AuditRecord Extend(AuditSeal seal, MailEvent mailEvent)
    {
        ArgumentNullException.ThrowIfNull(seal);
        ArgumentNullException.ThrowIfNull(mailEvent);
        var salt = RandomNumberGenerator.GetHexString(32);
        var record = new AuditRecord(seal.Number + 1, mailEvent, salt, EventHash.OfPersonalData(mailEvent, salt), "");
        return record with { Hash = EventHash.OfRecord(record, seal.Hash) };
    }

    /// <summary>Returns the record without personal data: recipient, metadata, what a server said, the address of a link. Its hash stays.</summary>
    public static AuditRecord Erase(AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record with { Salt = null, Event = WithoutPersonalData(record.Event) };
    }

    internal static MailEvent WithoutPersonalData(MailEvent mailEvent) => (mailEvent with { Recipient = null, Metadata = ReadOnlyDictionary<string, string>.Empty }) switch
    {
        MailBounced bounced => bounced with { Diagnostic = null },
        MailClicked clicked => clicked with { Url = "" },
        MailDeferred deferred => deferred with { Diagnostic = null },
        MailFailed failed => failed with { Diagnostic = null },
        var other => other,
    };
}
