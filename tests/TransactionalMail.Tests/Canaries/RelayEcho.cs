using System.Text;

namespace TransactionalMail.Tests.Canaries;

/// <summary>What a relay may repeat of what it was told, and how it may write it.</summary>
internal static class RelayEcho
{
    public static readonly string[] Secrets = [Plants.UserName, Plants.Password, $"\0{Plants.UserName}\0{Plants.Password}"];

    public static readonly string[] Addresses = [Plants.To[0].Address, $"<{Plants.To[0].Address}>", Plants.Bcc[0].Address, Plants.EnvelopeSender.Address];

    /// <summary>What no pattern tells from other words: one has to know the mail.</summary>
    public static readonly string[] Personal = [Plants.To[0].LocalPart, Plants.To[0].Domain, Plants.To[0].DisplayName!, Plants.Cc[0].ToString(), Plants.Mail().Subject!];

    /// <summary>Returns what stands in a mail beside addresses and subject, as a provider may quote it.</summary>
    public static string[] ContentOf(EmailMessage mail) =>
    [
        $"Dear = {Plants.Text[1]}", Plants.Text[3].Value, $"<p title=\"{Plants.Html[1]}\">&amp; {Plants.Html[1]}</p>", Plants.Html[2].Value,
        .. mail.Tags, .. mail.Metadata.Values, .. mail.Headers.Values, .. mail.Attachments.Select(static a => a.FileName), .. mail.Attachments.Select(static a => a.ContentId!),
    ];

    public static readonly (string Form, Func<string, string> Disguise)[] Disguises =
    [
        ("as it is", word => word),
        ("quoted", word => $"\"{word.Replace("\"", "\\\"", StringComparison.Ordinal)}\""),
        ("upper case", word => word.ToUpperInvariant()),
        ("split across lines", word => word.Insert(word.Length / 2, "\n")),
        ("base64", word => Convert.ToBase64String(Encoding.UTF8.GetBytes(word))),
        ("encoded word", word => $"=?utf-8?b?{Convert.ToBase64String(Encoding.UTF8.GetBytes(word))}?="),
        ("percent-encoded", Uri.EscapeDataString),
    ];
}
