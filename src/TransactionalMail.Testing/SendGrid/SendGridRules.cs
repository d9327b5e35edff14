using System.Text;
using System.Text.Json.Nodes;

namespace TransactionalMail.Testing;

/// <summary>What SendGrid finds wrong with the body of a request: its types and fields first, then what they say.</summary>
/// <remarks>Templates, substitutions and sections are not simulated, and are fields it does not know.</remarks>
internal static class SendGridRules
{
    private const int MostRecipients = 1000;
    private const int LargestArguments = 10_000;

    private static readonly JsonShape s_address = JsonShape.Of(("email", JsonShape.Text), ("name", JsonShape.Text));
    private static readonly JsonShape s_addresses = JsonShape.ListOf(s_address);
    private static readonly JsonShape s_switch = JsonShape.Of(("enable", JsonShape.Switch));

    private static readonly JsonShape s_mail = JsonShape.Of(
        ("personalizations", JsonShape.ListOf(JsonShape.Of(
            ("to", s_addresses), ("cc", s_addresses), ("bcc", s_addresses), ("from", s_address), ("subject", JsonShape.Text), ("headers", JsonShape.Map), ("custom_args", JsonShape.Map), ("send_at", JsonShape.Integer)))),
        ("from", s_address),
        ("reply_to", s_address),
        ("reply_to_list", s_addresses),
        ("subject", JsonShape.Text),
        ("content", JsonShape.ListOf(JsonShape.Of(("type", JsonShape.Text), ("value", JsonShape.Text)))),
        ("attachments", JsonShape.ListOf(JsonShape.Of(
            ("content", JsonShape.Text), ("type", JsonShape.Text), ("filename", JsonShape.Text), ("disposition", JsonShape.Text), ("content_id", JsonShape.Text)))),
        ("headers", JsonShape.Map),
        ("categories", JsonShape.ListOf(JsonShape.Text)),
        ("custom_args", JsonShape.Map),
        ("send_at", JsonShape.Integer),
        ("batch_id", JsonShape.Text),
        ("asm", JsonShape.Of(("group_id", JsonShape.Integer), ("groups_to_display", JsonShape.ListOf(JsonShape.Integer)))),
        ("ip_pool_name", JsonShape.Text),
        ("mail_settings", JsonShape.Of(
            ("bypass_list_management", s_switch),
            ("bypass_spam_management", s_switch),
            ("bypass_bounce_management", s_switch),
            ("bypass_unsubscribe_management", s_switch),
            ("footer", JsonShape.Of(("enable", JsonShape.Switch), ("text", JsonShape.Text), ("html", JsonShape.Text))),
            ("sandbox_mode", s_switch))),
        ("tracking_settings", JsonShape.Of(
            ("click_tracking", JsonShape.Of(("enable", JsonShape.Switch), ("enable_text", JsonShape.Switch))),
            ("open_tracking", JsonShape.Of(("enable", JsonShape.Switch), ("substitution_tag", JsonShape.Text))),
            ("subscription_tracking", JsonShape.Of(("enable", JsonShape.Switch), ("text", JsonShape.Text), ("html", JsonShape.Text), ("substitution_tag", JsonShape.Text))),
            ("ganalytics", JsonShape.Of(
                ("enable", JsonShape.Switch), ("utm_source", JsonShape.Text), ("utm_medium", JsonShape.Text), ("utm_term", JsonShape.Text), ("utm_content", JsonShape.Text), ("utm_campaign", JsonShape.Text))))));

    private static readonly HashSet<string> s_ownHeaders = new(
        ["x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from", "subject", "reply-to", "cc", "bcc"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the first fault, by field and in words like SendGrid's, or <see langword="null"/>.</summary>
    public static (string Field, string Message)? FindFault(JsonObject mail)
    {
        if (s_mail.FindFault(mail) is { } misshapen) return misshapen;

        var personalizations = List(mail, "personalizations");
        return FindFaultInSender(mail)
            ?? FindFaultInRecipients(personalizations)
            ?? FindFaultInSubject(mail, personalizations)
            ?? FindFaultInContent(List(mail, "content"))
            ?? First(List(mail, "attachments"), FindFaultInAttachment)
            ?? FindFaultInHeaders(mail["headers"] as JsonObject, "headers")
            ?? First(personalizations, static (p, i) => FindFaultInHeaders(p["headers"] as JsonObject, $"personalizations.{i}.headers"))
            ?? FindFaultInCategories([.. (mail["categories"] as JsonArray ?? []).Select(static c => (string)c!)])
            ?? FindFaultInArguments(mail["custom_args"] as JsonObject, "custom_args")
            ?? First(personalizations, static (p, i) => FindFaultInArguments(p["custom_args"] as JsonObject, $"personalizations.{i}.custom_args"))
            ?? FindFaultInSettings(mail);
    }

    /// <summary>Returns whom a personalization is for.</summary>
    public static IEnumerable<string> RecipientsOf(JsonNode personalization) => Recipients(personalization.AsObject()).Select(static address => (string)address["email"]!);

    private static (string, string)? FindFaultInSender(JsonObject mail)
    {
        if (mail["from"] is not { } from) return ("from", "The from object must be provided for every email send. It is an object that requires the email parameter, but may also contain a name parameter.");
        if (!HasEmail(from)) return ("from.email", "The from object must at least have an email parameter with a valid email address and may also contain a name parameter.");
        if (mail["reply_to"] is not null && mail["reply_to_list"] is not null) return ("reply_to", "Only one of reply_to and reply_to_list may be given.");
        if (mail["reply_to"] is { } replyTo && !HasEmail(replyTo)) return ("reply_to.email", "The reply_to object, when used, must at least have an email parameter with a valid email address and it may also contain a name parameter.");

        var answers = List(mail, "reply_to_list");
        if (answers.Count > MostRecipients || !answers.All(HasEmail)) return ("reply_to_list", "The reply_to_list has up to 1000 objects, each with an email parameter with a valid email address.");
        return answers.DistinctBy(static a => a.ToJsonString(), StringComparer.Ordinal).Count() == answers.Count ? null : ("reply_to_list", "The items of the reply_to_list must be unique.");
    }

    private static (string, string)? FindFaultInRecipients(List<JsonObject> personalizations)
    {
        if (personalizations.Count == 0) return ("personalizations", "You must have at least one personalization.");
        if (personalizations.Count > 1000) return ("personalizations", $"The personalization block is limited to 1000 personalizations per API request. You have provided {personalizations.Count} personalizations.");
        if (personalizations.Sum(static p => Recipients(p).Count()) > MostRecipients) return ("personalizations", "There is a limit of 1000 total recipients (to + cc + bcc) per request.");

        return First(personalizations, static (personalization, i) =>
        {
            if (List(personalization, "to").Count == 0) return ($"personalizations.{i}.to", "The to array is required for all personalization objects, and must have at least one email object with a valid email address.");
            foreach (var list in (string[])["to", "cc", "bcc"])
            {
                if (!List(personalization, list).All(HasEmail)) return ($"personalizations.{i}.{list}", $"The {list} array, when used, must at least have an email parameter with a valid email address and it may also contain a name parameter.");
                if (List(personalization, list).Any(HasBareSeparator)) return ($"personalizations.{i}.{list}", "The name may not contain a comma or a semicolon unless it is quoted.");
            }

            return Repeated(Recipients(personalization)) is { } twice
                ? ($"personalizations.{i}", $"Each email address in the personalization block should be unique between to, cc, and bcc. We found the first duplicate instance of [{twice}].")
                : null;
        });
    }

    private static (string, string)? FindFaultInSubject(JsonObject mail, List<JsonObject> personalizations)
    {
        if (mail["subject"] is null && personalizations.TrueForAll(static p => p["subject"] is not null)) return null;
        if ((string?)mail["subject"] is not { } subject) return ("subject", "The subject is required. You can get around this requirement if you use a template with a subject defined or if every personalization has a subject defined.");
        return subject.Length > 0 ? null : ("subject", "The subject of your email must be a string at least one character in length.");
    }

    private static (string, string)? FindFaultInContent(List<JsonObject> content)
    {
        if (content.Count == 0) return ("content", "There must be at least one defined content block.");
        var fault = First(content, static (block, i) =>
        {
            if ((string?)block["type"] is not { Length: > 0 } type) return ($"content.{i}.type", "A content type is required, this tells email clients how to display the email.");
            if (type.AsSpan().ContainsAny(";\r\n")) return ($"content.{i}.type", "Cannot contain ';', or CRLF characters.");
            return (string?)block["value"] is { Length: > 0 } ? null : ($"content.{i}.value", "The content value must be a string at least one character in length.");
        });
        if (fault is not null) return fault;

        int[] ranks = [.. content.Select(static block => (string)block["type"]! switch { "text/plain" => 0, "text/html" => 1, _ => 2 })];
        if (!ranks.SequenceEqual(ranks.Order())) return ("content", "Following RFC 1341, section 7.2, if either text/html or text/plain are to be sent in your email: text/plain needs to be first, followed by text/html, followed by any other content.");
        return ranks.Count(static r => r == 0) > 1 || ranks.Count(static r => r == 1) > 1 ? ("content", "If present, text/plain and text/html may only be provided once.") : null;
    }

    private static (string, string)? FindFaultInAttachment(JsonObject attachment, int i)
    {
        if ((string?)attachment["content"] is not { Length: > 0 } content) return ($"attachments.{i}.content", "The attachment content must be a string at least one character in length.");
        if (!Convert.TryFromBase64String(content, new byte[content.Length], out _)) return ($"attachments.{i}.content", "The attachment content must be base64 encoded.");
        if ((string?)attachment["filename"] is not { Length: > 0 } name) return ($"attachments.{i}.filename", "filename is required.");
        if (name.AsSpan().ContainsAny('\r', '\n')) return ($"attachments.{i}.filename", "The filename of your attachment cannot contain CRLF characters.");
        if ((string?)attachment["type"] is { } type && (type.Length == 0 || type.AsSpan().ContainsAny(";\r\n"))) return ($"attachments.{i}.type", "The attachment type has at least one character, and cannot contain ';', or CRLF characters.");
        if ((string?)attachment["disposition"] is not (null or "inline" or "attachment")) return ($"attachments.{i}.disposition", "The disposition of your attachment can be either \"inline\" or \"attachment\".");
        return ((string?)attachment["content_id"]).AsSpan().ContainsAny("<>\r\n") ? ($"attachments.{i}.content_id", "The content ID of your attachment cannot contain CRLF characters or brackets.") : null;
    }

    private static (string, string)? FindFaultInHeaders(JsonObject? headers, string field)
    {
        if (headers is null) return null;
        if (headers.Any(static h => JsonShape.Text.FindFault(h.Value) is not null)) return (field, "The header values must be strings.");
        if (headers.Any(static h => h.Key.Any(static c => c is <= ' ' or > '~'))) return (field, "Header keys cannot contain non-ASCII characters and empty spaces.");
        if (headers.Any(static h => s_ownHeaders.Contains(h.Key))) return (field, "Header can not be one of the reserved keys.");
        return headers.DistinctBy(static h => h.Key, StringComparer.OrdinalIgnoreCase).Count() < headers.Count ? (field, "The headers cannot contain duplicate keys.") : null;
    }

    private static (string, string)? FindFaultInCategories(string[] categories)
    {
        if (categories.Length > 10) return ("categories", $"There is a limit of 10 categories for each email that is sent. You provided {categories.Length} categories.");
        if (categories.FirstOrDefault(static c => c.Length > 255) is { } tooLong) return ("categories", $"Each category must not be longer than 255 characters. [{tooLong}] exceeds this limit");
        if (!categories.All(static c => Ascii.IsValid(c))) return ("categories", "Categories can not contain non-ASCII characters.");
        return categories.GroupBy(static c => c, StringComparer.OrdinalIgnoreCase).FirstOrDefault(static g => g.Count() > 1) is { } twice
            ? ("categories", $"The categories must be a unique list, and you have included [{twice.Key}] more than once.")
            : null;
    }

    private static (string, string)? FindFaultInArguments(JsonObject? arguments, string field)
    {
        if (arguments is null) return null;
        if (arguments.Count == 0) return (field, "custom_args cannot be empty.");
        if (arguments.Any(static a => JsonShape.Text.FindFault(a.Value) is not null)) return (field, "All values of custom arguments object must be strings");
        return Encoding.UTF8.GetByteCount(arguments.ToJsonString()) <= LargestArguments
            ? null
            : (field, "The combined size of both global and personalization custom arguments may not exceed 10,000 bytes per personalization.");
    }

    private static (string, string)? FindFaultInSettings(JsonObject mail)
    {
        if (mail["asm"] is { } asm && asm["group_id"] is null) return ("asm.group_id", "The ASM group ID must be an integer.");
        if (mail["asm"]?["groups_to_display"] is JsonArray { Count: > 25 }) return ("asm.groups_to_display", "There is a limit of 25 unsubscribe groups that can be displayed to a user at a time.");
        return (string?)mail["ip_pool_name"] is { Length: < 2 or > 64 } ? ("ip_pool_name", "The name of your IP pool must be a string between 2 and 64 characters.") : null;
    }

    private static List<JsonObject> List(JsonObject parent, string field) => [.. (parent[field] as JsonArray ?? []).Cast<JsonObject>()];

    private static IEnumerable<JsonObject> Recipients(JsonObject personalization) => [.. List(personalization, "to"), .. List(personalization, "cc"), .. List(personalization, "bcc")];

    private static bool HasEmail(JsonNode address) => EmailAddress.TryParse((string?)address["email"], null, out _);

    private static bool HasBareSeparator(JsonObject address) => (string?)address["name"] is { } name && name is not ['"', .., '"'] && name.AsSpan().ContainsAny(',', ';');

    /// <summary>Returns a recipient that stands twice; SendGrid ignores case.</summary>
    private static string? Repeated(IEnumerable<JsonObject> addresses) =>
        addresses.GroupBy(static a => (string)a["email"]!, StringComparer.OrdinalIgnoreCase).FirstOrDefault(static g => g.Count() > 1)?.Key;

    private static (string, string)? First(List<JsonObject> items, Func<JsonObject, int, (string, string)?> find) => items.Select(find).FirstOrDefault(static fault => fault is not null);
}
