namespace TransactionalMail.Crash.Points;

/// <summary>Where the only worker is when the application dies. There is one, so that the promise is sharp: no more mails can be sent and unmarked than there are workers.</summary>
internal enum Worker
{
    /// <summary>With no mail that was handed over and is not marked: nothing is sent twice.</summary>
    HasNotSent,

    /// <summary>Between handing over and the mark: that one mail is sent again.</summary>
    HasSent,

    /// <summary>Somebody else is at the point, so it may be between the two, and the journal tells.</summary>
    IsAnywhere,
}
