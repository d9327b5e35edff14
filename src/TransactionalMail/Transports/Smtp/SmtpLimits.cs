using System.Globalization;

namespace TransactionalMail.Transports.Smtp;

/// <summary>The limits a relay announces with its extensions (LIMITS, RFC 9422).</summary>
/// <param name="Recipients">How many recipients one transaction may have.</param>
/// <param name="Transactions">How many transactions one connection may carry.</param>
internal sealed record SmtpLimits(int Recipients, int Transactions)
{
    public static readonly SmtpLimits None = new(int.MaxValue, int.MaxValue);

    /// <summary>Reads them from the reply to EHLO, one extension a line.</summary>
    public static SmtpLimits Parse(string extensions)
    {
        var line = extensions.Split('\n').FirstOrDefault(static l => l.StartsWith("LIMITS ", StringComparison.OrdinalIgnoreCase)) ?? "";
        var limits = line.Split(' ');
        return new SmtpLimits(Find(limits, "RCPTMAX="), Find(limits, "MAILMAX="));
    }

    private static int Find(string[] limits, string name)
    {
        var limit = limits.FirstOrDefault(l => l.StartsWith(name, StringComparison.OrdinalIgnoreCase)) ?? "";
        return limit.Length > name.Length && int.TryParse(limit.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : int.MaxValue;
    }
}
