using System.Text.RegularExpressions;

namespace TransactionalMail.Bounces;

/// <summary>Finds what a server answered to, in what reporters write around its answer.</summary>
internal static partial class SmtpStages
{
    public static SmtpStage In(string text)
    {
        var match = Command().Match(text);
        if (!match.Success) return SmtpStage.Unknown;
        if (match.Groups["sender"].Success) return SmtpStage.Sender;
        return match.Groups["recipient"].Success ? SmtpStage.Recipient : SmtpStage.Content;
    }

    // Postfix: "(in reply to RCPT TO command)"; Exim: "after end of data:"; Sendmail, Courier: ">>> DATA"; qmail: "does not like recipient".
    [GeneratedRegex(
        """
        (?:>>>|in\ reply\ to|error\ from\ remote\ (?:mail\ )?server\ (?:after|for)|smtp\ command\s|did\ not\ like\ our|rejected\ (?:after|during|at)|[\[(])\s{0,3}(?:the\ )?
          (?: (?<recipient>RCPT) | (?<sender>MAIL\b|EHLO|HELO|LHLO|STARTTLS|AUTH\b|initial\ connection) | (?<content>end\ of\ data|\.?DATA\b|BDAT|TEXT\ command|message\ content) )
        | (?<sender>refused\ to\s+talk\ to\ me|does\ not\ like\ sender|(?:while|after|during)\ (?:the\ )?(?:initial\ )?connect(?:ion|ing))
        | (?<recipient>does\ not\ like\ recipient)
        | (?<content>failed\ (?:after|on)\ (?:I\ sent\ the\ message|DATA)|failed\ on\ DATA)
        """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Command();
}
