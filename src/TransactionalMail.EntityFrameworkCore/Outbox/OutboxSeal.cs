using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TransactionalMail.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>Turns entries into what is stored and back: compressed where that pays, encrypted where the application wants it. Thread-safe.</summary>
internal sealed class OutboxSeal(EntityFrameworkOutboxOptions options)
{
    /// <summary>How long mail is left alone that cannot be read here and now.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    /// <summary>How old mail is that is no longer waited for: by then a release is rolled out everywhere, and a store of keys is back.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromDays(1);

    private readonly Func<byte[], byte[]>? _protect = options.Protect;
    private readonly Func<byte[], byte[]>? _unprotect = options.Unprotect;

    /// <summary>Writes an entry with its attachments.</summary>
    public async ValueTask<NewMail> CloseAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        var contents = new List<MailOutboxContent>(entry.Message.Attachments.Count + 1) { ClosePayload(entry) };
        foreach (var content in await OutboxPayload.ReadContentsAsync(entry.Message, cancellationToken).ConfigureAwait(false))
        {
            contents.Add(Close(entry, contents.Count, ToArray(content)));
        }

        return new NewMail(entry, contents);
    }

    /// <summary>Writes an entry without its attachments.</summary>
    public MailOutboxContent ClosePayload(OutboxEntry entry) => Close(entry, MailOutboxContent.PayloadPosition, PayloadPacking.Pack(OutboxPayload.Write(entry)));

    /// <summary>Makes the entry of a row, whose columns win over its payload; or says why not, and what becomes of it.</summary>
    /// <param name="mail">The row.</param>
    /// <param name="now">The time by this machine, in which the entry is due.</param>
    public (OutboxEntry? Entry, UnreadableMail? Problem) Open(StoredMail mail, DateTimeOffset now)
    {
        try
        {
            if (mail.Contents is not [{ Position: MailOutboxContent.PayloadPosition } content, ..]) return (null, Judge(mail, "The stored mail is damaged: its payload is gone."));
            var payload = PayloadPacking.Read(Unprotect(content.IsProtected, content.Content), OutboxPayload.Read);
            var entry = payload.ToEntry([.. mail.Contents.Skip(1).Select(c => (ReadOnlyMemory<byte>)Unprotect(c.IsProtected, c.Content))]);
            if (entry.Id.Value != mail.Id) return (null, Judge(mail, "The stored mail is that of another row."));
            return (entry with
            {
                DueAt = OutboxTime.Here(mail.DueAt, mail.Now, now),
                AcceptedAt = OutboxTime.Read(mail.AcceptedAt),
                Attempts = mail.Attempts,
                LastFailure = mail.LastFailure,
            }, null);
        }
        catch (Exception e)
        {
            return (null, Judge(mail, e));
        }
    }

    /// <summary>Encrypts bytes where the application wants it.</summary>
    public (bool IsProtected, byte[] Bytes) Close(byte[] bytes) => (_protect is not null, Protect(bytes));

    /// <summary>Decrypts what <see cref="Close(byte[])"/> returned.</summary>
    public byte[] Open(bool isProtected, byte[] bytes) => Unprotect(isProtected, bytes);

    private MailOutboxContent Close(OutboxEntry entry, int position, byte[] content) =>
        new() { EntryId = entry.Id.Value, Position = position, IsProtected = _protect is not null, Content = Protect(content) };

    private static UnreadableMail Judge(StoredMail mail, string failure) => new(mail.Id, mail.Token, OutboxState.Dead, TimeSpan.Zero, failure);

    /// <remarks>What decryption says may quote what it read, so that only the kind of the failure is kept.</remarks>
    private static UnreadableMail Judge(StoredMail mail, Exception failure) => failure switch
    {
        OutboxPayloadException { IsTransient: false } or InvalidDataException => Judge(mail, failure.Message),
        CryptographicException or FormatException =>
            Judge(mail, $"The stored mail cannot be decrypted ({failure.GetType().Name}): its key is missing, or it was tampered with. Retry it when the key is back."),
        OutboxPayloadException => PutOff(mail, failure.Message),
        MissingUnprotectException => PutOff(mail, "The stored mail is encrypted, and this process has no Unprotect. Configure it as in the process that wrote the mail."),
        _ => PutOff(mail, $"The stored mail cannot be decrypted now ({failure.GetType().Name})."),
    };

    /// <summary>Leaves to another process, or to later, what somebody may well be able to read.</summary>
    private static UnreadableMail PutOff(StoredMail mail, string failure) =>
        OutboxTime.Read(mail.Now) - OutboxTime.Read(mail.AcceptedAt) < s_patience ? new(mail.Id, mail.Token, OutboxState.Waiting, s_pause, failure) : Judge(mail, failure);

    /// <summary>Returns the bytes without another copy where they fill an array, as those of large attachments do.</summary>
    private static byte[] ToArray(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out var bytes) && bytes.Count == bytes.Array!.Length ? bytes.Array : content.ToArray();

    private byte[] Protect(byte[] bytes) => _protect is null ? bytes : _protect(bytes);

    private byte[] Unprotect(bool isProtected, byte[] bytes) => !isProtected ? bytes : _unprotect is null ? throw new MissingUnprotectException() : _unprotect(bytes);

    private sealed class MissingUnprotectException : Exception;
}
