using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;

namespace TransactionalMail.Configuration;

/// <summary>Finds keys of a configuration section that nothing reads: a typing error must not pass for a setting.</summary>
internal static class UnreadKeys
{
    private static readonly string[] s_root = [.. KeysOf<TransactionalMailOptions>(), "Transports"];

    public static IEnumerable<string> Of(IConfiguration root)
    {
        foreach (var key in Unknown(root, s_root)) yield return key;
        foreach (var stream in root.GetSection("Streams").GetChildren())
        {
            foreach (var key in Unknown(stream, KeysOf<MailStreamOptions>())) yield return key;
            foreach (var key in Unknown(stream.GetSection("Retry"), KeysOf<MailRetryOptions>())) yield return key;
            foreach (var key in Unknown(stream.GetSection("Queue"), KeysOf<MailQueueOptions>())) yield return key;
        }

        foreach (var limits in root.GetSection("Limits").GetChildren())
        {
            foreach (var key in Unknown(limits, KeysOf<MailTransportLimits>())) yield return key;
        }

        foreach (var dkim in root.GetSection("Dkim").GetChildren())
        {
            foreach (var key in Unknown(dkim, KeysOf<DkimOptions>())) yield return key;
        }

        foreach (var key in Unknown(root.GetSection("Outbox"), KeysOf<MailOutboxOptions>())) yield return key;
        foreach (var key in Unknown(root.GetSection("Templates"), KeysOf<EmailTemplateOptions>())) yield return key;
    }

    private static IEnumerable<string> Unknown(IConfiguration section, string[] known) =>
        section.GetChildren()
            .Where(c => !known.Contains(c.Key, StringComparer.OrdinalIgnoreCase))
            .Select(c => $"There is no setting \"{c.Path}\"; its siblings are {string.Join(", ", known)}.");

    /// <summary>Returns the keys that configuration may hold for a type of options.</summary>
    public static string[] KeysOf<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>() =>
        [.. typeof(T).GetProperties().Select(static p => p.Name).Order(StringComparer.Ordinal)];
}
