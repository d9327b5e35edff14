using Microsoft.Extensions.Options;
using TransactionalMail.Messages;

namespace TransactionalMail.Preparation;

/// <summary>Finds every fault of a staging redirect at once, at start-up or with the first mail.</summary>
internal sealed class StagingRedirectOptionsValidator : IValidateOptions<StagingRedirectOptions>
{
    public ValidateOptionsResult Validate(string? name, StagingRedirectOptions options)
    {
        List<string> faults = [.. Address("Inbox", options.Inbox)];
        for (var i = 0; i < options.AllowedDomains.Count; i++)
        {
            if (!DomainName.TryToAscii(options.AllowedDomains[i] ?? "", out _, out var problem)) faults.Add($"StagingRedirect:AllowedDomains[{i}]: {problem}");
        }

        for (var i = 0; i < options.AllowedAddresses.Count; i++) faults.AddRange(Address($"AllowedAddresses[{i}]", options.AllowedAddresses[i]));
        if (options.SubjectPrefix is { } prefix && TextRules.FindProblemInLine(prefix) is { } found) faults.Add($"StagingRedirect:SubjectPrefix {found}");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Address(string setting, string? address)
    {
        if (EmailAddress.TryParse(address, out _)) yield break;
        yield return $"StagingRedirect:{setting} is not an e-mail address such as \"staging@acme.example\".";
    }
}
