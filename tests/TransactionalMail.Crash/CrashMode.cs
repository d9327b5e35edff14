namespace TransactionalMail.Crash;

/// <summary>What the program does.</summary>
internal enum CrashMode
{
    /// <summary>Kills the application at every point.</summary>
    Kills,

    /// <summary>Lets several processes work on one database.</summary>
    Processes,

    /// <summary>Lets mail pile up while the provider is down for an hour.</summary>
    Outage,

    /// <summary>Kills the application while it carries mail to RabbitMQ.</summary>
    Relay,
}
