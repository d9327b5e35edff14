namespace TransactionalMail.Crash;

/// <summary>The databases that the outbox knows.</summary>
internal enum DatabaseKind
{
    Sqlite,

    PostgreSql,
}
