using TransactionalMail.Transports.Http;

namespace TransactionalMail.Transports.Ses;

/// <summary>What of a mail can be message tags, which SES puts into its events and counts by.</summary>
internal static class SesTags
{
    private const int LongestWord = 256;

    /// <summary>Returns the message tags of a mail: its id, labels, then metadata. What SES cannot express, or has under that name already, stands in fields of the MIME alone.</summary>
    public static IReadOnlyList<SesJson.Tag> Of(OutboundMail mail)
    {
        var tags = new OrderedDictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [HttpMailTransport.MailIdKey] = mail.Id.ToString() };
        foreach (var (index, label) in mail.Message.Tags.Where(IsWord).Index()) tags.TryAdd(index == 0 ? "tag" : $"tag-{index + 1}", label);
        foreach (var (name, value) in mail.Message.Metadata.Where(static m => IsWord(m.Key) && IsWord(m.Value))) tags.TryAdd(name, value);
        return [.. tags.Select(static t => new SesJson.Tag(t.Key, t.Value))];
    }

    /// <summary>Returns whether SES takes a text as the name or value of a message tag, or the name of a configuration set.</summary>
    public static bool IsWord(string text) => text.Length is > 0 and <= LongestWord && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
