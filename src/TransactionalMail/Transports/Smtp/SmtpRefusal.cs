namespace TransactionalMail.Transports.Smtp;

/// <summary>A relay's refusal of one recipient.</summary>
/// <param name="Code">The reply code.</param>
/// <param name="Text">The reply's text; not scrubbed.</param>
/// <param name="AcceptedBefore">How many recipients of the transaction the relay had accepted by then.</param>
internal readonly record struct SmtpRefusal(int Code, string Text, int AcceptedBefore)
{
    /// <summary>Gets whether the recipient may be taken in another transaction: the relay had enough of them in this one (RFC 5321 §4.5.3.1.10).</summary>
    /// <remarks>Codes 452 and 552 also mean a full mailbox. Where no enhanced code tells them apart, being refused as the first of a transaction does.</remarks>
    public bool IsTooMany => AcceptedBefore > 0 && EnhancedStatusCode.Of(Text) switch
    {
        "4.5.3" or "5.5.3" => true,
        null => Code is 452 or 552,
        _ => false,
    };
}
