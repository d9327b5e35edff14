using TransactionalMail.Testing;

namespace TransactionalMail.Soak;

/// <summary>One way in which a relay misbehaves towards one mail.</summary>
/// <param name="Name">Its name in the figures.</param>
/// <param name="Stage">Where it strikes.</param>
/// <param name="Reply">What the relay does there.</param>
internal sealed record Fault(string Name, SmtpStage Stage, SmtpReply Reply)
{
    /// <summary>How long the application waits for the answers to one mail.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_slow = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets every fault. A connection that is to fail before any mail is begun takes the place of one that ends at MAIL.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("greeting 421", SmtpStage.MailFrom, SmtpReply.Close) { NextConnection = (SmtpStage.Connect, "421 4.3.2 Not now") },
        new("greeting, closed", SmtpStage.MailFrom, SmtpReply.Close) { NextConnection = (SmtpStage.Connect, SmtpReply.Close) },
        new("EHLO 421", SmtpStage.MailFrom, SmtpReply.Close) { NextConnection = (SmtpStage.Ehlo, "421 4.3.2 Not now") },
        new("EHLO, closed", SmtpStage.MailFrom, SmtpReply.Close) { NextConnection = (SmtpStage.Ehlo, SmtpReply.Close) },
        new("MAIL 451", SmtpStage.MailFrom, "451 4.3.0 Try again") { Times = 2 },
        new("MAIL 421, closed", SmtpStage.MailFrom, SmtpReply.FromString("421 4.3.2 Shutting down").ThenClose()),
        new("MAIL, closed", SmtpStage.MailFrom, SmtpReply.Close),
        new("MAIL, slow", SmtpStage.MailFrom, SmtpReply.Default.Delayed(s_slow)),
        new("RCPT 450, one of two", SmtpStage.RcptTo, "450 4.2.1 Mailbox busy") { OnlySecondRecipient = true, Times = 2 },
        new("RCPT 450, both", SmtpStage.RcptTo, "450 4.2.1 Mailbox busy") { Times = 2 },
        new("RCPT 550, one of two", SmtpStage.RcptTo, "550 5.1.1 No such mailbox") { OnlySecondRecipient = true },
        new("RCPT, closed", SmtpStage.RcptTo, SmtpReply.Close),
        new("DATA 451", SmtpStage.Data, "451 4.3.0 Try again") { Times = 2 },
        new("DATA, closed", SmtpStage.Data, SmtpReply.Close),
        new("DATA, slow", SmtpStage.Data, SmtpReply.Default.Delayed(s_slow)),
        new("content, closed within", SmtpStage.Data, SmtpReply.FromString("354 Go ahead").ThenClose(afterBytes: 300)),
        new("content, reset within", SmtpStage.Data, SmtpReply.FromString("354 Go ahead").ThenReset(afterBytes: 300)),
        new("end of data 451", SmtpStage.EndOfData, "451 4.3.0 Try again") { Times = 2 },
        new("end of data 552", SmtpStage.EndOfData, "552 5.3.4 Message too big"),
        new("end of data, slow", SmtpStage.EndOfData, SmtpReply.Default.Delayed(s_slow)),
        new("reply lost, closed", SmtpStage.EndOfData, SmtpReply.Close) { LosesReply = true },
        new("reply lost, reset", SmtpStage.EndOfData, SmtpReply.Reset) { LosesReply = true },
        new("reply too late", SmtpStage.EndOfData, SmtpReply.Default.Delayed(Patience * 1.3)) { LosesReply = true, Weight = 1 },
        new("closed while idle", SmtpStage.EndOfData, SmtpReply.Default.ThenClose()) { ClosesAfterReply = true },
        new("421 while idle", SmtpStage.EndOfData, SmtpReply.Raw("250 2.0.0 OK\r\n421 4.4.2 Idle for too long\r\n"u8.ToArray()).ThenClose()) { ClosesAfterReply = true },
    ];

    /// <summary>Gets what happens to the next connection, whichever mail it is for.</summary>
    public (SmtpStage Stage, SmtpReply Reply)? NextConnection { get; init; }

    /// <summary>Gets whether only the second recipient of the mail meets it.</summary>
    public bool OnlySecondRecipient { get; init; }

    /// <summary>Gets whether the relay takes the mail and its client cannot know.</summary>
    public bool LosesReply { get; init; }

    /// <summary>Gets whether the client has its reply and finds the connection closed when it comes back.</summary>
    public bool ClosesAfterReply { get; init; }

    /// <summary>Gets how many times a mail meets it; a permanent refusal strikes each time.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Gets how often it is chosen, relative to the others.</summary>
    public int Weight { get; init; } = 4;

    /// <summary>Gets whether the relay means it.</summary>
    public bool IsPermanent => Reply.Code >= 500;

    /// <summary>Gets whether a mail that meets it ends among the dead letters.</summary>
    public bool KillsMail => IsPermanent && !OnlySecondRecipient;
}
