using System.Buffers;

namespace TransactionalMail.Bounces;

/// <summary>What servers write, and what they mean by it. The first row that has a phrase of the text decides.</summary>
/// <remarks>
/// Phrases are written as <see cref="Words"/> leaves a text. Where two rows might fit, the order says which is meant: what is said of
/// the sender comes before what is said of the recipient, since "sender address rejected: domain not found" speaks of ours.
/// </remarks>
internal static class BouncePhrases
{
    /// <summary>The recipient does not exist, by somebody who looked it up.</summary>
    private static readonly SearchValues<string> s_unknownRecipient = Phrases(
        "not listed in", "not found in directory", "not in directory", "name is not recognized", "invalid final delivery userid", "no valid recipients", "check if address is correct",
        "does not exist", "doesn't exist", "do not exist", "not exist", "no mailbox here by that name", "mailbox not found", "address not found", "account not found", "wasn't found", "was not found",
        "couldn't be found", "could not be found", "recipnotfound", "recipientnotfound", "recipientunknown", "invalid mailbox", "invalid recipient", "unrouteable address", "unroutable address",
        "no longer on server", "no longer on this server", "no longer valid", "no longer in use", "no longer active", "has moved", "not a valid mailbox", "not a valid user", "not our customer", "no such address",
        "no such mailbox", "no such account", "no such person", "no mail box", "no mailbox", "bad destination mailbox", "bad address", "delivery error: dd this user doesn't have a ", "address unknown", "unknown address", "unknown recipient",
        "undeliverable address", "invalid address", "invalid user", "recipient unknown", "recipient address rejected: access denied", "recipient rejected", "@ rejected $", "recipient address rejected $", "recipient address rejected. $", "not known here", "utilisateur inconnu",
        "destinataire inconnu", "unbekannter empf", "empfänger unbekannt", "usuario desconocido", "utente sconosciuto");

    /// <summary>The same in the words of a server that a relay may repeat without its code, and without saying what it answered to.</summary>
    private static readonly SearchValues<string> s_unknownUser = Phrases(
        "user unknown", "unknown user", "no such user", "no such recipient", "doesn't have a ", "does not have a ", "unknown local part", "unknown or illegal alias", "user not found", "user doesn't", "mailbox unavailable",
        "recipient not found", "not a known user", "user is unknown", "no account");

    private static readonly (SearchValues<string> Phrases, BounceKind Kind)[] s_rows =
    [
        // The sender: who it is, where it comes from, how it authenticates, what it is known for.
        (Phrases(
            "sender address", "sender rejected", "sender denied", "sender verif", "sender domain", "sending domain", "domain of sender", "envelope sender", "unroutable sender", "unrouteable sender", "sender id",
            "sender is not", "from: domain", "domain is invalid. please provide a valid from", " spf", "dkim", "dmarc", "unauthenticated", "not authenticated", "authrequired", "authentication required", "authentication checks",
            " ptr ", "reverse dns", "rdns", "reverse lookup", "reverse mapping", "helo ", "mismatches client", "client host rejected", "host network not allowed", "not allowed to send", "purported responsible"),
            BounceKind.Blocked),
        (Phrases(
            "blacklist", "black list", "black-list", "blocklist", "block list", "block-list", "blocked using", "blocked by", "dnsbl", " rbl", "spamhaus", "spamcop", "barracuda", "reputation", "banned", "user complaints",
            "refused to talk to me", "relaying", "relay access", "relay denied", "mail relay", "to relay", "open relay", "rate limit", "ratelimit", "too many", "throttl", "unexpected volume", "greylist", "graylist"),
            BounceKind.Blocked),

        // The content.
        (Phrases(
            " spam", "unsolicited", " ube", "bulk e", "bulk m", "junk mail", "virus", "malware", "phishing", "content reject", "content filter", "message content", "attachment type", "mail rejete", "not rfc", "compliant",
            "prohibited attachment", "message filtered", "header error", "message was blocked", "has been blocked because", "recipient preferences", "not a member", "not member", "not permitted to post", "not allowed to post",
            "permission to post", "moderat", "delivery to this address is restricted", " : user unknown"),
            BounceKind.Blocked),

        // The mailbox is there, and takes nothing for now.
        (Phrases(
            "quota", "mailbox full", "mailbox is full", "mailbox exceed", "mailfolder is full", "mail box full", "inbox is full", "inbox full", "storage", "mailbox size", "exceeds allowed size", "exceeded the local limit", "too large", "too big",
            "size limit", "exceeds size", "exceeds the size", "exceeds the max", "message size", "disk full", "no space left", "file too big", "boite du destinataire pleine", "boîte pleine", "full mailbox", "is full"),
            BounceKind.Soft),
        (s_unknownRecipient, BounceKind.Hard),
        (s_unknownUser, BounceKind.Hard),

        // The domain.
        (Phrases(
            "host unknown", "unknown host", "host not found", "domain not found", "domain name not found", "host or domain name not found", "bad destination host", "bad destination system", "no such domain", "unknown domain",
            "domain unknown", "domain is not reachable", "unrouteable mail domain", "unroutable mail domain", "all relevant mx records point to non-existent hosts", "nxdomain", "non-existent domain", "no mx ", "no mail exchanger", "null mx",
            "does not accept mail", "no smtp service", "doesn't receive email", "host # not found", "doesn't accept mail", "dns domain", "no data known", "illegal host", "invalid domain", "name server: host not found", "couldn't find any host", "cname lookup failed permanently"),
            BounceKind.Hard),
        (Phrases("policy", "policies", "not authorized", "permission denied"), BounceKind.Blocked),
    ];

    /// <summary>The mailbox is there, and closed.</summary>
    private static readonly SearchValues<string> s_pause = Phrases(
        "disabled", "suspended", "inactive", "discontinued", "deactivated", "frozen", "account is blocked", "account has been blocked", "account blocked", "not active", "account expired", "account is locked", "temporarily unavailable");

    /// <summary>What happened on the way there, said of mail that was tried for long.</summary>
    private static readonly SearchValues<string> s_journey = Phrases(
        "timed out", "timeout", "time out", "retry time", "too long", "giving up", "multiple retries", "attempts", "could not be delivered for", "could not deliver for", "was not delivered within", "was aborted after", "not responding",
        "not reachable", "unreachable", "no route", "connection refused", "connection lost", "connection dropped", "connection reset", "lost connection", "unable to connect", "unable to contact", "establish an smtp connection", "network error",
        "did not accept our requests to connect", "socket error", "hop count", "too many hops", "routing loop", "mail loop", "loops back", "loop alert", "looping", "duplicated message-id", "temporar", "try again later", "try later", "deferred",
        "on hold", "service unavailable", "service currently unavailable", "service not available", "system error", "resources unavailable", "i/o error", "could not find a gateway", "expired", "protocol error", "protocol violation");

    private static readonly SearchValues<string> s_refusal = Phrases("rejected", "denied", "refused", "blocked", "not accepted", "not allowed", "not permitted", "prohibited", "disallowed", "restricted", "filter");
    private static readonly SearchValues<string> s_failure = Phrases("unavailable", "failure", "failed", "error");

    /// <summary>Returns what the words say about sender, content, mailbox or domain.</summary>
    public static BounceKind KindOf(string words)
    {
        foreach (var (phrases, kind) in s_rows)
        {
            if (words.AsSpan().ContainsAny(phrases)) return kind;
        }

        return BounceKind.Undetermined;
    }

    /// <summary>Returns whether all that is said of the recipient are words that servers also have for filters.</summary>
    public static bool IsOnlyUnknownUser(string words) => words.AsSpan().ContainsAny(s_unknownUser) && !words.AsSpan().ContainsAny(s_unknownRecipient);

    /// <summary>Returns whether the words speak of a mailbox that is closed: Soft, unless a code says more.</summary>
    public static bool SpeakOfPause(string words) => words.AsSpan().ContainsAny(s_pause);

    /// <summary>Returns whether the words speak of the way there: Soft, unless a code says more.</summary>
    public static bool SpeakOfTheWay(string words) => words.AsSpan().ContainsAny(s_journey);

    /// <summary>Returns what words mean that name no reason: a server that refuses, or one that fails.</summary>
    public static BounceKind KindOfRefusal(string words) =>
        words.AsSpan().ContainsAny(s_refusal) ? BounceKind.Blocked
        : words.AsSpan().ContainsAny(s_failure) ? BounceKind.Soft
        : BounceKind.Undetermined;

    private static SearchValues<string> Phrases(params string[] phrases) => SearchValues.Create(phrases, StringComparison.Ordinal);
}
