namespace TransactionalMail;

/// <summary>One problem of a message.</summary>
/// <param name="Field">The field at fault, as one would write it in C#: <c>To</c>, <c>Headers["X-Order"]</c>, <c>Attachments[0].FileName</c>.</param>
/// <param name="Problem">What is wrong with it and what to do, as a sentence without the field's content.</param>
public sealed record EmailValidationError(string Field, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Field}: {Problem}";
}
