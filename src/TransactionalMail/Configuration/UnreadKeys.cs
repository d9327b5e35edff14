using Microsoft.Extensions.Configuration;

namespace TransactionalMail.Configuration;

/// <summary>Finds keys of a configuration section that nothing reads: a typing error must not pass for a setting.</summary>
internal static class UnreadKeys
{
    private static readonly string[] s_root = [.. Properties<TransactionalMailOptions>(), "Transports"];

    public static IEnumerable<string> Of(IConfiguration root)
    {
        foreach (var key in Unknown(root, s_root)) yield return key;
        foreach (var stream in root.GetSection("Streams").GetChildren())
        {
            foreach (var key in Unknown(stream, Properties<MailStreamOptions>())) yield return key;
        }

        foreach (var dkim in root.GetSection("Dkim").GetChildren())
        {
            foreach (var key in Unknown(dkim, Properties<DkimOptions>())) yield return key;
        }

        foreach (var key in Unknown(root.GetSection("Templates"), Properties<EmailTemplateOptions>())) yield return key;
    }

    private static IEnumerable<string> Unknown(IConfiguration section, string[] known) =>
        section.GetChildren()
            .Where(c => !known.Contains(c.Key, StringComparer.OrdinalIgnoreCase))
            .Select(c => $"There is no setting \"{c.Path}\"; its siblings are {string.Join(", ", known)}.");

    private static string[] Properties<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicProperties)] T>() =>
        [.. typeof(T).GetProperties().Select(static p => p.Name).Order(StringComparer.Ordinal)];
}
