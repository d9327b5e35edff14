using System.Data.Common;

namespace TransactionalMail.EntityFrameworkCore;

/// <summary>The database did not do what was asked of it. The message says what to do, and holds no content and no addresses.</summary>
/// <remarks>The driver's own exception is the inner one. Mail that was in the outbox stays there, and the library tries again by itself.</remarks>
public sealed class MailDatabaseException : DbException
{
    internal MailDatabaseException(string message, Exception? failure, bool isTransient)
        : base(message, failure)
    {
        IsTransient = isTransient;
        SqlState = (failure as DbException)?.SqlState;
    }

    /// <summary>Gets whether the same call may succeed later without a change: the database is locked, full, or cannot be reached.</summary>
    public override bool IsTransient { get; }

    /// <summary>Gets the code of the SQL standard, or <see langword="null"/> where the database gave none.</summary>
    public override string? SqlState { get; }
}
