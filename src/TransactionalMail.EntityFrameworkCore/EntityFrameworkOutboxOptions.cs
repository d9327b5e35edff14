namespace TransactionalMail.EntityFrameworkCore;

/// <summary>The settings of the outbox, and of whatever else of mail is kept in a database.</summary>
public sealed class EntityFrameworkOutboxOptions
{
    /// <summary>Gets or sets what encrypts a mail before it is stored: its message with addresses, and each attachment's content.</summary>
    /// <value>The default is <see langword="null"/>: mail is stored in clear.</value>
    /// <remarks>
    /// <para>
    /// ASP.NET Core's data protection fits: <c>options.Protect = protector.Protect; options.Unprotect = protector.Unprotect;</c>.
    /// It is called by many threads at once. What is readable in the database still are ids, streams, times, counts and failures.
    /// </para>
    /// <para>Mail stored before it was set stays readable.</para>
    /// <para>
    /// It is for outbox and idempotency keys alone. The suppression list and the audit stay in clear, since both must be searched for an
    /// address; <see cref="TransactionalMail.Audit.IAuditAdmin.EraseAsync"/> takes somebody out of the audit.
    /// </para>
    /// </remarks>
    public Func<byte[], byte[]>? Protect { get; set; }

    /// <summary>Gets or sets what decrypts what <see cref="Protect"/> returned. It must know the keys of as long as mail may wait.</summary>
    /// <value>The default is <see langword="null"/>; with <see cref="Protect"/> it is needed.</value>
    /// <remarks>
    /// A <see cref="System.Security.Cryptography.CryptographicException"/>, or a <see cref="FormatException"/>, puts the mail to the dead letters at once; retry them when
    /// the key is back. Any other exception, of a key store that cannot be reached for instance, leaves it for a minute.
    /// </remarks>
    public Func<byte[], byte[]>? Unprotect { get; set; }

    /// <summary>Gets or sets for how long a mail stays in the database once it was sent, for <see cref="TransactionalMail.Outbox.IOutboxAdmin.FindAsync"/> to show what somebody was told.</summary>
    /// <value>The default is zero: a sent mail is removed as it is marked. The audit keeps what became of it, without its content.</value>
    /// <remarks>
    /// Content is personal data: keep it no longer than you need it, and encrypt it (<see cref="Protect"/>). Some minutes after its time is over it is removed by
    /// any process with this outbox. A mail that was carried to a message broker counts as sent here.
    /// </remarks>
    public TimeSpan KeepSentFor { get; set; }

    /// <summary>Gets or sets how long a call waits for a locked SQLite database before it fails with a transient <see cref="MailDatabaseException"/>: for its turn among the writers of this process, and then for the lock.</summary>
    /// <value>The default is 10 seconds for each of the two. On PostgreSQL the command timeout of the context counts instead.</value>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
