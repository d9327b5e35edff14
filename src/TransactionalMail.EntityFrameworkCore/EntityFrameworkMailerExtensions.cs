using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.Outbox;

namespace TransactionalMail;

/// <summary>Enqueues mail in the same transaction as what it is about.</summary>
public static class EntityFrameworkMailerExtensions
{
    /// <summary>Validates and renders a message, and adds it to a context, to be saved with everything else there: rolled back, it is never sent; committed, it is.</summary>
    /// <param name="mailer">A mailer of an application that called <c>UseEntityFrameworkOutbox</c>.</param>
    /// <param name="context">The context, whose next <c>SaveChanges</c> stores the mail. Its database must be the outbox's.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Cancels it; nothing is added then.</param>
    /// <returns>The mail's id; that of an earlier mail where the <see cref="EmailMessage.IdempotencyKey"/> was used before, and then nothing is added.</returns>
    /// <remarks>
    /// A commit through a context that <c>UseEntityFrameworkOutbox</c> was given wakes the delivery in this process at once; other processes find the mail when they look next
    /// (<see cref="MailOutboxOptions.PollInterval"/>). Two transactions that use one key at the same time end with one mail: the later save fails with a
    /// <see cref="DbUpdateException"/>, which leaves a transaction open as Entity Framework does with any, and a second call with a new context returns the first mail.
    /// </remarks>
    /// <exception cref="EmailValidationException">The message cannot be sent; every problem is listed.</exception>
    /// <exception cref="IdempotencyConflictException">The key stands for other content. The context and its transaction are as they were.</exception>
    /// <exception cref="InvalidOperationException">The outbox is not in a database, the context's tables are not those of the outbox, or nobody would deliver the mail.</exception>
    public static async Task<MailId> EnqueueAsync(this ITransactionalMailer mailer, DbContext context, EmailMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (acceptance, outbox) = Find(mailer);
        return await outbox.Enlistment.AddAsync(context, await acceptance.AcceptAsync(message, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Validates and renders a message, and inserts it in a transaction that was begun without Entity Framework: rolled back, it is never sent; committed, it is.</summary>
    /// <param name="mailer">A mailer of an application that called <c>UseEntityFrameworkOutbox</c>.</param>
    /// <param name="transaction">The transaction, on the outbox's database. It stays open.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Cancels it before anything is inserted.</param>
    /// <returns>The mail's id; that of an earlier mail where the <see cref="EmailMessage.IdempotencyKey"/> was used before. Where another transaction is using the key, it waits for that one's end.</returns>
    /// <remarks>Its commit is not noticed: the mail is found at the next look (<see cref="MailOutboxOptions.PollInterval"/>), or at once after <see cref="IOutboxSignal.Wake"/>.</remarks>
    /// <exception cref="EmailValidationException">The message cannot be sent; every problem is listed.</exception>
    /// <exception cref="IdempotencyConflictException">The key stands for other content. The transaction is as it was.</exception>
    /// <exception cref="DbException">The database refused it; a transient failure is the driver's own exception, so that an execution strategy repeats the transaction.</exception>
    /// <exception cref="InvalidOperationException">The outbox is not in a database, or nobody would deliver the mail.</exception>
    public static async Task<MailId> EnqueueAsync(this ITransactionalMailer mailer, DbTransaction transaction, EmailMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var (acceptance, outbox) = Find(mailer);
        return await outbox.Enlistment.AddAsync(transaction, await acceptance.AcceptAsync(message, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    private static (IMailAcceptance Acceptance, EntityFrameworkOutbox Outbox) Find(ITransactionalMailer mailer)
    {
        ArgumentNullException.ThrowIfNull(mailer);
        return mailer is IMailAcceptance { Outbox: EntityFrameworkOutbox outbox } acceptance
            ? (acceptance, outbox)
            : throw new InvalidOperationException("The outbox of this mailer is not in a database, so that mail cannot be part of a transaction. Call UseEntityFrameworkOutbox<TContext>() where TransactionalMail is registered.");
    }
}
