using System.Globalization;

namespace TransactionalMail.Crash;

/// <summary>A mail of the harness: each time it is written it is the same mail, so that a caller who got no answer may ask again with its key.</summary>
/// <param name="Batch">The life of the application in which it was first tried.</param>
/// <param name="Index">Its number.</param>
internal readonly record struct Letter(int Batch, int Index)
{
    public EmailMessage Write() => new()
    {
        To = ["reader@crash.example"],
        Subject = ToString(),
        TextBody = "An ordinary mail.",
        IdempotencyKey = ToString(),
        Attachments = int.IsEvenInteger(Index) ? [new EmailAttachment("note.txt", new byte[500])] : [],
    };

    /// <summary>Reads a mail's subject.</summary>
    public static Letter Of(EmailMessage message)
    {
        var parts = message.Subject!.Split(' ');
        return new(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Batch} {Index}");
}
