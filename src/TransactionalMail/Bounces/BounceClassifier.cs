using TransactionalMail.Events;

namespace TransactionalMail.Bounces;

/// <summary>Decides what a refusal says about the recipient: words before codes, since servers choose their words with more care.</summary>
internal static class BounceClassifier
{
    public static BounceKind KindOf(ReportedRecipient recipient)
    {
        var byCode = ByCode(recipient.Reply);
        string[] texts = [.. recipient.Words.Where(static t => !string.IsNullOrWhiteSpace(t)).Select(Words.Of)];
        foreach (var words in texts)
        {
            var kind = BouncePhrases.KindOf(words);
            if (kind is BounceKind.Hard && byCode is not BounceKind.Hard) kind = Weigh(recipient, words);
            if (kind is not BounceKind.Undetermined) return kind;
            if (byCode is not BounceKind.Undetermined) return byCode;
            if (BouncePhrases.SpeakOfPause(words) || BouncePhrases.SpeakOfTheWay(words)) return BounceKind.Soft;
        }

        if (byCode is not BounceKind.Undetermined) return byCode;
        var refusal = texts.Select(BouncePhrases.KindOfRefusal).FirstOrDefault(static k => k is not BounceKind.Undetermined);
        return refusal;
    }

    /// <summary>Asks whether words alone, without a code that says so, can mean that a mailbox does not exist.</summary>
    private static BounceKind Weigh(ReportedRecipient recipient, string words)
    {
        // For now, says the code; no word makes that for ever.
        if (recipient.Reply.Code is >= 400 and < 500 || (recipient.Reply.Code is null && recipient.Reply.EnhancedCode is ['4', ..])) return BounceKind.Soft;

        // Before the recipient was named, the answer is about the sender.
        if (recipient.Stage is SmtpStage.Sender) return BounceKind.Blocked;
        if (!BouncePhrases.IsOnlyUnknownUser(words)) return BounceKind.Hard;

        // After it was accepted, filters of the recipient like to answer as if it were unknown.
        if (recipient.Stage is SmtpStage.Content) return BounceKind.Blocked;

        // Hearsay: a relay that says "user unknown" and quotes no server. Nobody is cut off for ever on that.
        return recipient.Reply.Code is null && recipient.Reply.EnhancedCode is null ? BounceKind.Soft : BounceKind.Hard;
    }

    private static BounceKind ByCode(ServerReply reply)
    {
        var (byReply, byStatus) = (ReplyCodes.BounceKindOf(reply.Code), EnhancedCodes.BounceKindOf(reply.EnhancedCode));
        return byStatus is BounceKind.Undetermined || byReply is BounceKind.Hard ? byReply : byStatus;
    }
}
