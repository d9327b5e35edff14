using Microsoft.Extensions.Options;

namespace TransactionalMail.Bounces;

/// <summary>Finds every fault of a mailbox's settings at once, at start-up.</summary>
internal sealed class BounceMailboxOptionsValidator : IValidateOptions<BounceMailboxOptions>
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(29);

    public ValidateOptionsResult Validate(string? name, BounceMailboxOptions options)
    {
        List<string> faults = [];
        Check(Uri.CheckHostName(options.Host) is not UriHostNameType.Unknown, "Host is not a host name or an IP address such as \"imap.acme.example\".");
        Check(options.Port is null or (> 0 and <= 65_535), "Port is not between 1 and 65535.");
        Check(Enum.IsDefined(options.Security), "Security is none of Tls, StartTls and None.");
        Check(options.UserName.Length > 0, "UserName is missing.");
        Check(options.Password.Length > 0, "Password is missing.");
        Check(!string.IsNullOrWhiteSpace(options.Folder), "Folder is missing.");
        Check(options.HandledFolder is null || !string.IsNullOrWhiteSpace(options.HandledFolder), "HandledFolder is blank. Name a folder, or leave it out.");
        Check(!string.Equals(options.HandledFolder, options.Folder, StringComparison.Ordinal), "HandledFolder is the folder that is watched. Name another one, or leave it out.");
        Check(options.PollInterval >= s_shortest && options.PollInterval <= s_longest, "PollInterval is not between 1 second and 29 minutes.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Check(bool isRight, string problem)
        {
            if (!isRight) faults.Add($"BounceMailbox \"{name}\": {problem}");
        }
    }
}
