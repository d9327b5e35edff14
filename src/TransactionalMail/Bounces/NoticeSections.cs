using System.Buffers;

namespace TransactionalMail.Bounces;

/// <summary>What a notice in words says recipient by recipient.</summary>
internal sealed class NoticeSections
{
    private const int MaxRecipients = 100;
    private const int MaxSection = 4 * 1024;
    private static readonly SearchValues<char> s_codeCharacters = SearchValues.Create("0123456789.- ");
    private static readonly string[] s_sender = ["MAIL FROM", "From:", "Sender", "envelope-from", "sent by", "A message from", "Reply-To", "expanded from", "generated from", "contact", "assistance", "Return-Path", "cc:", "Message-ID", "identifier"];
    private static readonly string[] s_recipient = ["RCPT TO", "recipient", "deliver", "To:", "address"];

    private readonly List<(EmailAddress Address, string Text)> _sections = [];

    public NoticeSections(string notice, params ReadOnlySpan<EmailAddress> ours)
    {
        Whole = notice;
        HashSet<EmailAddress> excluded = [.. ours];
        Divide(notice, excluded);
        if (_sections.Count == 0) AddFirst(notice, excluded, s_recipient);
        if (_sections.Count == 0) AddFirst(notice, excluded, [""]);
        if (_sections.Count == 0 && excluded.Count > 0) Divide(notice, []);
    }

    /// <summary>Gets the notice as it is.</summary>
    public string Whole { get; }

    public IReadOnlyList<(EmailAddress Address, string Text)> All => _sections;

    public EmailAddress? FirstAddress => _sections.Count > 0 ? _sections[0].Address : null;

    public string? About(EmailAddress? address)
    {
        foreach (var (found, text) in _sections)
        {
            if (address is not null && string.Equals(found.SmtpAddress, address.SmtpAddress, StringComparison.OrdinalIgnoreCase)) return text;
        }

        return null;
    }

    /// <summary>Most reporters begin a line with each recipient, and say below what came of it.</summary>
    private void Divide(string notice, HashSet<EmailAddress> excluded)
    {
        EmailAddress? current = null;
        var start = 0;
        foreach (var line in notice.AsSpan().Split('\n'))
        {
            if (Leading(notice.AsSpan()[line]) is not { } address || excluded.Contains(address) || address.Equals(current)) continue;
            var here = line.Start.Value;
            if (current is not null) Add(current, notice[start..here]);
            (current, start) = (address, here);
        }

        if (current is not null) Add(current, notice[start..]);
    }

    private void Add(EmailAddress address, string text)
    {
        if (_sections.Count < MaxRecipients && About(address) is null) _sections.Add((address, text.Length <= MaxSection ? text : text[..MaxSection]));
    }

    private void AddFirst(string notice, HashSet<EmailAddress> excluded, string[] words)
    {
        foreach (var line in notice.AsSpan().EnumerateLines())
        {
            if (AddressScanner.First(line, out _) is not { } address || excluded.Contains(address) || !IsAbout(line, words) || IsAbout(line, s_sender)) continue;
            Add(address, notice);
            return;
        }
    }

    /// <summary>Returns the address a line begins with, but for what marks it: quotes, brackets, arrows, a reply code.</summary>
    private static EmailAddress? Leading(ReadOnlySpan<char> line)
    {
        if (AddressScanner.First(line.Length > 400 ? line[..400] : line, out var start) is not { } address) return null;
        var before = line[..start].Trim(" \t<>\"'*-[•=");
        return before.IsEmpty || (before.Length <= 14 && char.IsAsciiDigit(before[0]) && !before.ContainsAnyExcept(s_codeCharacters)) ? address : null;
    }

    private static bool IsAbout(ReadOnlySpan<char> line, string[] words)
    {
        foreach (var word in words)
        {
            if (line.Contains(word, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
