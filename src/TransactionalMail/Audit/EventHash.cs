using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TransactionalMail.Audit;

/// <summary>Hashes events, each value with its length before it, so that no two events read the same.</summary>
internal readonly struct EventHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public EventHash()
    {
    }

    public static string OfPersonalData(MailEvent mailEvent, string salt)
    {
        using var hash = new EventHash();
        hash.Add(salt);
        hash.Add(mailEvent.Recipient?.Address);
        hash.Add(mailEvent.Recipient?.DisplayName);
        foreach (var (key, value) in mailEvent.Metadata.OrderBy(static m => m.Key, StringComparer.Ordinal))
        {
            hash.Add(key);
            hash.Add(value);
        }

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
        using var hash = new EventHash();
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
        hash.Add(mailEvent.Tags.Count);
        foreach (var tag in mailEvent.Tags) hash.Add(tag);
        hash.AddOwn(mailEvent);
        return hash.Finish();
    }

    public void Dispose() => _hash.Dispose();

    /// <summary>Adds what only this kind of event has. Names, not numbers, of what is enumerated: those may move.</summary>
    private void AddOwn(MailEvent mailEvent)
    {
        switch (mailEvent)
        {
            case MailBounced bounced:
                Add(bounced.BounceKind.ToString());
                Add(bounced.SmtpCode?.ToString(CultureInfo.InvariantCulture));
                Add(bounced.EnhancedCode);
                break;
            case MailDeferred deferred:
                Add(deferred.Failure?.ToString());
                Add(deferred.SmtpCode?.ToString(CultureInfo.InvariantCulture));
                Add(deferred.EnhancedCode);
                break;
            case MailFailed failed:
                Add(failed.Failure?.ToString());
                Add(failed.ProviderCode);
                Add(failed.EnhancedCode);
                Add(failed.MayHaveBeenAccepted ? 1 : 0);
                break;
            case MailOpened opened:
                Add(opened.IsMachine ? 1 : 0);
                break;
            case MailSuppressed suppressed:
                Add(suppressed.Reason?.ToString());
                break;
            case MailUnknownEvent unknown:
                Add(unknown.Name);
                break;
        }
    }

    private void Add(string? text)
    {
        Add(text is null ? -1 : Encoding.UTF8.GetByteCount(text));
        if (text is not null) _hash.AppendData(Encoding.UTF8.GetBytes(text));
    }

    private void Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        _hash.AppendData(bytes);
    }

    private string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());
}
