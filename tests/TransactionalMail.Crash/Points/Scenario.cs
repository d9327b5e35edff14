namespace TransactionalMail.Crash.Points;

/// <summary>What the application does when it is killed.</summary>
internal enum Scenario
{
    /// <summary>One caller enqueues, one worker sends.</summary>
    Flow,

    /// <summary>Many callers enqueue at once, and share transactions.</summary>
    Group,

    /// <summary>The provider is slow, so that the lease is renewed before the mail is handed over.</summary>
    SlowBefore,

    /// <summary>The provider is slow to answer, so that the lease is renewed when the mail is handed over already.</summary>
    SlowAfter,

    /// <summary>The provider is down, so that mail is put off.</summary>
    Down,

    /// <summary>The provider refuses the mail, so that it becomes a dead letter.</summary>
    Refusal,

    /// <summary>Idempotency keys have expired and are forgotten.</summary>
    Purge,

    /// <summary>The application stops with mail in hand, and more leased ahead.</summary>
    Stop,

    /// <summary>The database is migrated.</summary>
    Migration,
}
